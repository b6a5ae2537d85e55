/// The shapes of a model's tensors of floats, by which copies of it are told: averages that a trainer keeps, best models.
struct ModelShapes {
    /// How much of the model a copy has, and how much more it may have.
    private static let share = 0.9
    private static let surplus = 1.1
    private var counts: [[Int]: Int] = [:]
    private var elementCount = 0.0

    /// Counts the tensors of a model, or of a part of one.
    init(_ tensors: [TensorReference]) {
        for tensor in tensors where tensor.isFloat {
            counts[tensor.shape, default: 0] += 1
            elementCount += Double(tensor.elementCount)
        }
    }

    /// Whether tensors have the shapes of nearly all of the model's, and hardly more.
    ///
    /// The names are not asked: averages keep their tensors in lists, or under names of their own.
    func areShared(by tensors: [TensorReference]) -> Bool {
        // Not a copy of all counts: thousands of small networks may be compared with one large model.
        var used: [[Int]: Int] = [:]
        var (shared, all) = (0.0, 0.0)
        for tensor in tensors where tensor.isFloat {
            let elements = Double(tensor.elementCount)
            all += elements
            guard let count = counts[tensor.shape], used[tensor.shape, default: 0] < count else { continue }
            used[tensor.shape, default: 0] += 1
            shared += elements
        }
        return shared > 0 && shared >= Self.share * elementCount && all <= Self.surplus * elementCount
    }
}
