extension PickleGraph {
    /// How far training had come, by the first key of the root dict that says it with an integer.
    ///
    /// Composer keeps the number of batches in `state/timestamp/batch`.
    var step: Int? {
        let root = dictionary(root)
        let keys: [StaticString] = [
            "global_step", "iter_num", "step", "global_steps", "iteration", "num_updates", "epoch",
        ]
        for key in keys {
            if let step = number(value(of: key, in: root)) { return step }
        }
        guard let state = value(of: "state", in: root), let timestamp = value(of: "timestamp", in: dictionary(state))
        else { return nil }
        return number(value(of: "batch", in: dictionary(timestamp)))
    }

    /// What an object is as a dict, or the value itself.
    private func dictionary(_ value: PickleValue) -> PickleValue {
        guard case .opaque(let index) = value, let items = objects[index].items else { return value }
        return .dict(items)
    }

    /// An int, or an integer that NumPy holds in eight bytes or fewer.
    private func number(_ value: PickleValue?) -> Int? {
        guard let value else { return nil }
        guard case .opaque(let index) = value, symbol(objects[index].callee) == .numpyScalar else {
            return integer(value)
        }
        guard case .tuple(let parts) = objects[index].arguments, arena.valueCount(of: parts) == 2,
            let type = numpyType(arena.value(0, of: parts)), let bytes = encoded(arena.value(1, of: parts)),
            ["i", "u"].contains(type.prefix(1)), type.dropFirst() == String(bytes.count), (1...8).contains(bytes.count)
        else { return nil }
        let isNegative = type.hasPrefix("i") && bytes.last.map { $0 >= 0x80 } ?? false
        let bits = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
        return isNegative ? Int(truncatingIfNeeded: bits) : Int(exactly: bits)
    }

    /// The name of a little-endian `numpy.dtype`, such as i8.
    private func numpyType(_ value: PickleValue) -> String? {
        guard case .opaque(let index) = value, case .tuple(let arguments) = objects[index].arguments,
            case .tuple(let state) = objects[index].state, arena.valueCount(of: state) > 1,
            let name = arena.values(of: arguments).first, text(arena.value(1, of: state)) != ">"
        else { return nil }
        return text(name)
    }

    /// Bytes as they are, or as old protocols write them: a call that encodes a text.
    private func encoded(_ value: PickleValue) -> [UInt8]? {
        if let bytes = bytes(value) { return Array(bytes) }
        guard case .opaque(let index) = value, symbol(objects[index].callee) == .encode,
            case .tuple(let arguments) = objects[index].arguments, let first = arena.values(of: arguments).first,
            let text = text(first), text.utf8.count <= 16
        else { return nil }
        return text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    }
}
