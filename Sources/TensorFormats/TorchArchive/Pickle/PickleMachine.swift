/// Runs a pickle without importing or calling anything.
///
/// A pickle is a program for a machine with a stack: <https://docs.python.org/3/library/pickletools.html>. Of the calls
/// that it asks for, those by which torch.save writes tensors are known by name and make values here; any other makes
/// an opaque object. Nothing is as large as a pickle claims before its bytes are seen to be there, nothing recurses,
/// and every opcode takes constant time on average.
struct PickleMachine {
    /// The longest name that is looked at, in bytes.
    static let nameByteCount = 1024
    /// The most values of a container that a single call may look through.
    static let smallCount = 64

    /// The pickle, and whatever follows it.
    let bytes: UnsafeRawBufferPointer
    /// How much is read at most.
    let limits: PickleLimits
    /// Where the next byte is read.
    var position = 0
    /// Where the opcode began that is being run.
    var opcodeOffset = 0
    /// The operands.
    var stack: [PickleValue] = []
    /// How many operands there were at each mark.
    var marks: [Int] = []
    /// The numbered values.
    var memo = PickleMemo()
    /// The contents of the containers.
    var arena = PickleArena()
    /// See ``PickleGraph/objects``.
    var objects: [PickleObject] = []
    /// See ``PickleGraph/globals``.
    var globals: [PickleGlobal] = []
    /// See ``PickleGraph/storages``.
    var storages: [StorageReference] = []
    /// The storages whose keys are numbers, as all that torch.save writes are, by number.
    var numberedStorages = PickleMemo()
    /// The index of each other storage by its key.
    var namedStorages: [String: Int] = [:]
    var furtherStorages: [StorageReference: Int] = [:]
    /// See ``PickleGraph/tensors``.
    var tensors: [TensorReference] = []
    /// How many values the storages take the room of, keys and places in dictionaries included.
    var storageNodeCount = 0
    /// How many values the tensors take the room of.
    var tensorNodeCount = 0
    /// How many values were copied from one container to another.
    var copyCount = 0

    private init(_ bytes: UnsafeRawBufferPointer, limits: PickleLimits) {
        // Offsets are kept in 32 bits, and so are indexes into the arena, which may be half empty.
        self.limits = PickleLimits(
            byteCount: min(limits.byteCount, Int(UInt32.max)),
            nodeCount: min(limits.nodeCount, 1 << 30),
            textByteCount: limits.textByteCount,
            memory: limits.memory
        )
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(self.limits.byteCount))
    }

    /// Runs the pickle at the start of the bytes, and also returns how many bytes it takes, up to and with its STOP.
    ///
    /// What follows the STOP is not looked at; the pickle's own bytes are copied.
    static func run(
        _ bytes: UnsafeRawBufferPointer,
        limits: PickleLimits = PickleLimits()
    ) throws(PickleError) -> (graph: PickleGraph, byteCount: Int) {
        var machine = PickleMachine(bytes, limits: limits)
        let root = try machine.runToStop(availableByteCount: bytes.count)
        // The copy is there beside the bytes.
        let held = machine.heldByteCount + machine.position
        do throws(MemoryShortage) { try limits.memory.require(held) } catch { throw machine.failure(.memory(error)) }
        let copy = [UInt8](bytes.prefix(machine.position))
        return (machine.graph(root: root, bytes: copy), machine.position)
    }

    /// Runs a pickle that an array holds, which the graph goes on to hold without a copy.
    static func run(
        _ bytes: [UInt8],
        limits: PickleLimits = PickleLimits()
    ) throws(PickleError) -> (graph: PickleGraph, byteCount: Int) {
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(PickleError) in
            var machine = PickleMachine(buffer, limits: limits)
            let root = try machine.runToStop(availableByteCount: buffer.count)
            return (machine.graph(root: root, bytes: bytes), machine.position)
        }
    }

    private func graph(root: PickleValue, bytes: [UInt8]) -> PickleGraph {
        // What is left of it once the stack and the memo are gone.
        let kept = nodeCount - stack.count - marks.count - memo.nodeCount
        return PickleGraph(
            bytes: bytes,
            root: root,
            storages: storages,
            tensors: tensors,
            globals: globals,
            objects: objects,
            arena: arena,
            heldByteCount: bytes.count + MemoryLayout<PickleValue>.stride * kept,
            memory: limits.memory
        )
    }

    private mutating func runToStop(availableByteCount: Int) throws(PickleError) -> PickleValue {
        while true {
            opcodeOffset = position
            guard position < bytes.count else {
                if availableByteCount > bytes.count {
                    throw failure(.tooLarge(byteCount: availableByteCount, limit: limits.byteCount))
                }
                throw failure(.truncated(needed: 1, available: bytes.count))
            }
            let byte = bytes[position]
            position += 1
            guard let opcode = PickleOpcode(rawValue: byte) else { throw failure(.unknownOpcode) }
            if opcode == .stop { return try pop() }
            try execute(opcode)
            guard nodeCount <= limits.nodeCount else { throw failure(.tooManyNodes(limit: limits.nodeCount)) }
            try requireMemory()
        }
    }

    /// How many bytes of memory everything takes, the pickle's own included, and what the next opcode may add.
    ///
    /// What is on the stack is counted twice, because an opcode can copy all of it into a container.
    private var heldByteCount: Int {
        bytes.count + MemoryLayout<PickleValue>.stride * (nodeCount + stack.count + copiedNodeCount)
    }

    /// How many values are there twice while the next opcode adds to arrays that are full: each moves into a larger one.
    private var copiedNodeCount: Int {
        func copied(_ count: Int, _ capacity: Int, nodes: Int = 1) -> Int { count < capacity ? 0 : nodes * count }
        return copied(stack.count, stack.capacity) + copied(marks.count, marks.capacity) + memo.copiedCount(adding: 1)
            + arena.copiedCount(adding: stack.count) + copied(objects.count, objects.capacity, nodes: 5)
            + copied(globals.count, globals.capacity, nodes: 2) + copied(storages.count, storages.capacity, nodes: 3)
            + copied(tensors.count, tensors.capacity, nodes: 4)
    }

    /// Counts values that an opcode is about to add to a container or the memo beyond those on the stack, copies included.
    func require(_ count: Int) throws(PickleError) {
        guard count > 0 else { return }
        let needed = heldByteCount + MemoryLayout<PickleValue>.stride * count
        do throws(MemoryShortage) { try limits.memory.require(needed) } catch { throw failure(.memory(error)) }
    }

    /// Counts what there is; as long as twice that much would do, the copies need not be looked at.
    private func requireMemory() throws(PickleError) {
        let most = 2 * (bytes.count + MemoryLayout<PickleValue>.stride * (nodeCount + stack.count))
        guard most > limits.memory.byteCount else { return }
        do throws(MemoryShortage) { try limits.memory.require(heldByteCount) } catch { throw failure(.memory(error)) }
    }

    /// How many values everything together takes the room of.
    private var nodeCount: Int {
        stack.count + marks.count + memo.nodeCount + arena.nodeCount + 5 * objects.count + 2 * globals.count
            + storageNodeCount + tensorNodeCount
    }

    /// An error at the opcode that is being run.
    func failure(_ reason: PickleError.Reason) -> PickleError {
        let opcode = opcodeOffset < bytes.count ? bytes[opcodeOffset] : nil
        return PickleError(reason: reason, offset: opcodeOffset, opcode: opcode)
    }

    /// Takes the value on top of the stack.
    mutating func pop() throws(PickleError) -> PickleValue {
        guard stack.count > marks.last ?? 0 else { throw failure(.stackUnderflow) }
        return stack.removeLast()
    }

    /// The value on top of the stack, which stays there.
    func top() throws(PickleError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw failure(.stackUnderflow) }
        return value
    }
}
