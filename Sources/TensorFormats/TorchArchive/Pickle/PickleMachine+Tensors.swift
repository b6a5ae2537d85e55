extension PickleMachine {
    /// What `_rebuild_tensor`, `_v2` or `_v3` makes.
    ///
    /// The arguments are `(storage, offset, size, stride, requires_grad, hooks, …)`; the first version ends with the
    /// stride, the third goes on with the type, and both later ones may go on with a dict of bits.
    mutating func rebuildTensor(
        _ function: PickleSymbol.TensorCall,
        _ arguments: Int
    ) throws(PickleError) -> PickleValue {
        let count = arena.valueCount(of: arguments)
        let bits = function == .v3 ? 7 : 6
        let counts = function == .v1 ? 4...4 : bits...bits + 1
        guard counts.contains(count) else {
            throw problem(function, "\(count) arguments, expected \(counts.lowerBound) to \(counts.upperBound)")
        }
        let first = arena.value(0, of: arguments)
        guard case .storage(let storage) = first else {
            throw problem(function, "the first argument is \(first.typeName), expected a storage")
        }
        var type = storages[storage].elementType
        if function == .v3 { type = try elementType(arena.value(6, of: arguments), of: storage) }
        guard let type else { throw failure(.tensorType(type: "no type", storage: "bytes")) }
        let isLazy = argument(bits, of: arguments).map(hasBits) ?? false
        return try tensor(storage: storage, arguments: arguments, elementType: type, isLazy: isLazy)
    }

    /// What `_rebuild_qtensor` makes, or nil where several elements share a byte.
    mutating func rebuildQuantized(_ arguments: Int) throws(PickleError) -> PickleValue? {
        guard arena.valueCount(of: arguments) >= 4, case .storage(let storage) = arena.value(0, of: arguments),
            let type = storages[storage].elementType, type != .quint4x2, type != .quint2x4
        else { return nil }
        return try tensor(storage: storage, arguments: arguments, elementType: type, isLazy: false)
    }

    private func problem(_ function: PickleSymbol.TensorCall, _ problem: String) -> PickleError {
        failure(.tensorArguments(function: function.rawValue, problem: problem))
    }

    private func elementType(_ value: PickleValue, of storage: Int) throws(PickleError) -> TorchElementType {
        guard case .elementType(let type)? = symbol(value) else {
            throw problem(.v3, "the seventh argument is \(value.typeName), expected a dtype that is known")
        }
        if let stored = storages[storage].elementType, stored != type {
            throw failure(.tensorType(type: type.rawValue, storage: stored.rawValue))
        }
        return type
    }

    /// Whether the last argument sets the bit for a conjugated or negated tensor, or another that is not known.
    private func hasBits(_ value: PickleValue) -> Bool {
        guard case .dict(let container) = value else { return value != .none }
        let count = arena.valueCount(of: container)
        guard count <= Self.smallCount else { return true }
        return stride(from: 1, to: count, by: 2).contains { arena.value($0, of: container) != .bool(false) }
    }

    private mutating func tensor(
        storage: Int,
        arguments: Int,
        elementType: TorchElementType,
        isLazy: Bool
    ) throws(PickleError) -> PickleValue {
        guard case .int(let offset) = arena.value(1, of: arguments) else {
            let found = arena.value(1, of: arguments).typeName
            throw failure(.wrongType(expected: "a tensor's offset, an int", found: found))
        }
        guard offset >= 0 else { throw failure(.tensorNegative(what: "offset", value: offset)) }
        let shape = try sizes(arena.value(2, of: arguments), "size")
        let strides = try sizes(arena.value(3, of: arguments), "stride")
        guard shape.count == strides.count else {
            throw failure(.tensorRank(size: shape.count, stride: strides.count))
        }
        let geometry = TensorGeometry(shape: shape, strides: strides, offset: offset, elementType: elementType)
        guard let geometry else { throw failure(.tensorOverflow(shape: shape, strides: strides, offset: offset)) }
        let room = storages[storage].byteCount / elementType.byteCount
        guard geometry.extent == 0 || offset + geometry.extent <= room else {
            let storage = storages[storage]
            throw failure(.tensorBeyondStorage(shape: shape, strides: strides, offset: offset, storage: storage))
        }
        tensorNodeCount += 10 + shape.count
        tensors.append(
            TensorReference(
                storage: storage,
                // PyTorch allows an empty tensor anywhere; here its place is at most the end.
                offset: min(offset, room),
                shape: shape,
                strides: strides,
                elementType: elementType,
                isLazy: isLazy,
                extent: geometry.extent
            )
        )
        return .tensor(tensors.count - 1)
    }

    private func sizes(_ value: PickleValue, _ what: String) throws(PickleError) -> [Int] {
        guard let container = sequence(value) else {
            throw failure(.wrongType(expected: "a tensor's \(what), a tuple", found: value.typeName))
        }
        let count = arena.valueCount(of: container)
        guard count <= SafetensorsHeader.maximumRank else {
            throw failure(.tensorDimensions(count: count, limit: SafetensorsHeader.maximumRank))
        }
        var sizes: [Int] = []
        sizes.reserveCapacity(count)
        for position in 0..<count {
            let value = arena.value(position, of: container)
            guard case .int(let size) = value else {
                throw failure(.wrongType(expected: "a tensor's \(what), ints", found: value.typeName))
            }
            guard size >= 0 else { throw failure(.tensorNegative(what: what, value: size)) }
            sizes.append(size)
        }
        return sizes
    }
}
