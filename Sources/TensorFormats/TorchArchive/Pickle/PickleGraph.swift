/// What a pickle holds, as values that refer to each other by index; lists that hold themselves are possible.
struct PickleGraph: Sendable {
    /// The bytes of the pickle, up to and with its STOP.
    let bytes: [UInt8]
    /// The value that the pickle stands for.
    let root: PickleValue
    /// The storages, one for each key, in order of first appearance.
    let storages: [StorageReference]
    /// Every tensor, whether the root holds it or not.
    let tensors: [TensorReference]
    /// The classes and functions that the pickle names.
    let globals: [PickleGlobal]
    /// What calls and classes that mean nothing here would have made.
    let objects: [PickleObject]
    /// The contents of the containers.
    let arena: PickleArena
    /// What the graph takes of memory, in bytes.
    let heldByteCount: Int
    /// What the search for the model may take beside the graph.
    private(set) var memory: ReaderMemory
    /// The containers that are the attributes of a whole `torch.nn.Module`.
    private(set) var moduleStates: Set<Int> = []

    /// Puts together what a pickle was found to hold.
    init(
        bytes: [UInt8],
        root: PickleValue,
        storages: [StorageReference],
        tensors: [TensorReference],
        globals: [PickleGlobal],
        objects: [PickleObject],
        arena: PickleArena,
        heldByteCount: Int,
        memory: ReaderMemory
    ) {
        self.bytes = bytes
        self.root = root
        self.storages = storages
        self.tensors = tensors
        self.globals = globals
        self.objects = objects
        self.arena = arena
        self.heldByteCount = heldByteCount
        self.memory = memory.left(beside: heldByteCount)
        self.moduleStates = findModuleStates()
    }

    /// The same graph once what its file was read by is gone, but for so many bytes.
    func beside(_ byteCount: Int, of memory: ReaderMemory) -> PickleGraph {
        var graph = self
        graph.memory = memory.left(beside: heldByteCount + byteCount)
        return graph
    }
}

extension PickleGraph {
    /// The value as an integer, or nil; a bool is none.
    func integer(_ value: PickleValue) -> Int? {
        if case .int(let number) = value { number } else { nil }
    }

    /// The value as a text, or nil; what is not UTF-8 in it is replaced.
    func text(_ value: PickleValue) -> String? {
        if case .text(let span) = value { text(span) } else { nil }
    }

    /// The value as a text that is short enough for a name, or nil.
    func name(_ value: PickleValue) -> String? {
        guard case .text(let span) = value, span.byteCount <= PickleMachine.nameByteCount else { return nil }
        return text(span)
    }

    /// The bytes of a byte string, or the two's complement of a large integer from its least significant byte on.
    func bytes(_ value: PickleValue) -> ArraySlice<UInt8>? {
        switch value {
        case .bytes(let span), .bigInteger(let span): bytes[span.range]
        default: nil
        }
    }

    /// The value of a text key of a dict, the last one where it appears twice; nil where there is none.
    func value(of key: StaticString, in dict: PickleValue) -> PickleValue? {
        guard case .dict(let container) = dict else { return nil }
        var found: PickleValue?
        for (candidate, value) in pairs(of: container) where isText(candidate, key) { found = value }
        return found
    }

    /// The keys and values of a dict's container, in the order of the dict.
    func pairs(of container: Int) -> some Sequence<(key: PickleValue, value: PickleValue)> {
        let values = arena.values(of: container)
        return stride(from: values.startIndex, to: values.endIndex - 1, by: 2).lazy.map { index in
            (key: values[index], value: values[index + 1])
        }
    }

    /// What is known of a class or function, or nil where the value is none.
    func symbol(_ value: PickleValue) -> PickleSymbol? {
        if case .global(let index) = value { globals[index].symbol } else { nil }
    }

    /// The text of a stretch of the pickle.
    func text(_ span: PickleSpan) -> String { String(decoding: bytes[span.range], as: UTF8.self) }

    private func isText(_ value: PickleValue, _ expected: StaticString) -> Bool {
        guard case .text(let span) = value, Int(span.byteCount) == expected.utf8CodeUnitCount else { return false }
        return expected.withUTF8Buffer { bytes[span.range].elementsEqual($0) }
    }
}
