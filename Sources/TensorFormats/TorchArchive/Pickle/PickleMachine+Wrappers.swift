extension PickleMachine {
    /// Attributes of tensor subclasses that only help to compute with the tensor inside.
    private static let helpers = ["_precomputed_scale"]

    /// The tensor that a subclass without data of its own stands for, where it is one of its attributes as it is.
    ///
    /// A distributed tensor has the part that this process holds; what float8 and other training puts around a weight has
    /// the weight. A subclass whose numbers are put together from several tensors, as quantised ones are, gives nil.
    ///
    /// - Parameters:
    ///   - state: a dict of attributes, or a tuple of that or None and a dict of slots.
    ///   - declared: the arguments of `_rebuild_wrapper_subclass`: class, element type, size and so on.
    func wrappedTensor(_ state: PickleValue, declared: Int) -> PickleValue? {
        var parts: [(name: String?, value: PickleValue)] = []
        for attributes in attributeDicts(state) {
            // A state is small. Looking for a name in a large dict that many calls share would take quadratic time.
            guard arena.valueCount(of: attributes) <= Self.smallCount else { return nil }
            for position in stride(from: 0, to: arena.valueCount(of: attributes) - 1, by: 2) {
                let value = arena.value(position + 1, of: attributes)
                guard isTensorOrWrapper(value) else { continue }
                let key = arena.value(position, of: attributes)
                parts.append((name: { if case .text(let span) = key { shortText(span) } else { nil } }(), value))
            }
        }
        if let local = parts.first(where: { $0.name == "_local_tensor" }) { return local.value }
        let numbers = parts.filter { part in part.name.map { !Self.helpers.contains($0) } ?? true }
        guard numbers.count == 1, case .tensor(let index) = numbers[0].value, isDeclared(tensors[index], declared)
        else { return nil }
        return numbers[0].value
    }

    private func attributeDicts(_ state: PickleValue) -> [Int] {
        switch state {
        case .dict(let attributes): return [attributes]
        case .tuple(let parts) where arena.valueCount(of: parts) == 2:
            return arena.values(of: parts).compactMap { if case .dict(let part) = $0 { part } else { nil } }
        default: return []
        }
    }

    private func isTensorOrWrapper(_ value: PickleValue) -> Bool {
        switch value {
        case .tensor: true
        case .opaque(let index): symbol(objects[index].callee) == .rebuildFromType
        default: false
        }
    }

    /// Whether a tensor has the element type and the size that its subclass was declared with.
    private func isDeclared(_ tensor: TensorReference, _ arguments: Int) -> Bool {
        guard let type = argument(1, of: arguments), symbol(type) == .elementType(tensor.elementType),
            let sizes = sequence(argument(2, of: arguments)), arena.valueCount(of: sizes) == tensor.shape.count
        else { return false }
        return zip(arena.values(of: sizes), tensor.shape).allSatisfy { size, expected in size == .int(expected) }
    }
}
