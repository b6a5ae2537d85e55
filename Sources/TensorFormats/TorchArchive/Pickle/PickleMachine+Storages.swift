extension PickleMachine {
    /// What a persistent id stands for.
    ///
    /// An id is `("storage", class, key, location, element count)`, in legacy files with a sixth element for a view,
    /// or `("module", class, source file, source)` in old legacy files, which stands for the class.
    mutating func persistentValue(_ id: PickleValue) throws(PickleError) -> PickleValue {
        guard case .tuple(let parts) = id, case .text(let kind)? = argument(0, of: parts) else {
            throw failure(.foreignReference)
        }
        switch (shortText(kind), arena.valueCount(of: parts)) {
        case ("storage", 5...6): return .storage(try storage(parts))
        case ("module", 4): return arena.value(1, of: parts)
        default: throw failure(.foreignReference)
        }
    }

    private mutating func storage(_ parts: Int) throws(PickleError) -> Int {
        guard case .text(let keySpan) = arena.value(2, of: parts), let key = shortText(keySpan) else {
            let found = arena.value(2, of: parts).typeName
            throw failure(.wrongType(expected: "a storage's key, a short string", found: found))
        }
        guard case .int(let elementCount) = arena.value(4, of: parts) else {
            let found = arena.value(4, of: parts).typeName
            throw failure(.wrongType(expected: "a storage's size, an int", found: found))
        }
        if let view = argument(5, of: parts), view != .none { throw failure(.storageView(key: key)) }
        let elementType = try storageElementType(arena.value(1, of: parts))
        let byteCount = elementCount.multipliedReportingOverflow(by: elementType?.byteCount ?? 1)
        guard elementCount >= 0, !byteCount.overflow else {
            throw failure(.storageSize(key: key, elementCount: elementCount))
        }
        return try index(of: StorageReference(key: key, elementType: elementType, elementCount: elementCount))
    }

    private mutating func index(of reference: StorageReference) throws(PickleError) -> Int {
        let number = Self.number(reference.key)
        var index = number == nil ? namedStorages[reference.key] : nil
        if let number, case .storage(let known)? = numberedStorages[number] { index = known }
        if let index {
            return try storages[index] == reference ? index : self.index(ofFurther: reference, besides: storages[index])
        }
        if let number {
            numberedStorages.store(.storage(storages.count), at: number)
        } else {
            namedStorages[reference.key] = storages.count
        }
        return add(reference)
    }

    private mutating func add(_ reference: StorageReference) -> Int {
        storageNodeCount += 8 + reference.key.utf8.count / MemoryLayout<PickleValue>.stride
        storages.append(reference)
        return storages.count - 1
    }

    /// torch writes one storage under two classes where tensors view it both as bytes and as a type without a class of
    /// its own, such as float8: the bytes are the same, so their number has to be.
    private mutating func index(
        ofFurther reference: StorageReference,
        besides first: StorageReference
    ) throws(PickleError) -> Int {
        guard first.byteCount == reference.byteCount else { throw failure(.storageClash(first, reference)) }
        if let index = furtherStorages[reference] { return index }
        furtherStorages[reference] = storages.count
        return add(reference)
    }

    /// The number that a key spells, or nil where it is none or has other spellings.
    private static func number(_ key: String) -> Int? {
        guard (1...18).contains(key.utf8.count), key.utf8.first != UInt8(ascii: "0") || key.utf8.count == 1 else {
            return nil
        }
        var number = 0
        for byte in key.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private func storageElementType(_ value: PickleValue) throws(PickleError) -> TorchElementType? {
        guard case .global(let index) = value else {
            throw failure(.wrongType(expected: "a storage's class", found: value.typeName))
        }
        guard case .storageClass(let elementType) = globals[index].symbol else {
            throw failure(.unknownStorageClass(shortText(globals[index].name) ?? "of a long name"))
        }
        return elementType
    }
}
