/// How many tensors there are, and how large those of floats are.
struct TensorTally {
    /// All tensors.
    private(set) var count = 0
    /// The tensors whose elements are numbers with a fraction, which an index or a mask never has.
    private(set) var floatCount = 0
    /// The bytes of the tensors of floats, at most `Int.max`.
    private(set) var byteCount = 0

    /// Adds one tensor.
    mutating func add(_ tensor: TensorReference) {
        count += 1
        guard tensor.isFloat else { return }
        floatCount += 1
        add(byteCount: tensor.byteRange.count)
    }

    /// Adds all that another tally has counted.
    mutating func add(_ other: TensorTally) {
        count += other.count
        floatCount += other.floatCount
        add(byteCount: other.byteCount)
    }

    private mutating func add(byteCount addition: Int) {
        let (sum, overflow) = byteCount.addingReportingOverflow(addition)
        byteCount = overflow ? .max : sum
    }
}
