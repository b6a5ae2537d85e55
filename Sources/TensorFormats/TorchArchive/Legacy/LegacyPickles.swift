/// Reads the pickles at the start of a legacy file one after the other, none of which tells its length.
struct LegacyPickles<Source: ByteSource> {
    private let source: Source
    private var limits: PickleLimits
    /// The bytes of the file that were read, from its start.
    private var head: [UInt8] = []
    /// Where the next pickle begins, or what follows the last one.
    private(set) var position: Int

    /// The bytes that are read first; mostly enough for all pickles.
    static var firstByteCount: Int { 1 << 20 }

    /// Reads the first bytes and skips the magic number, which they begin with.
    init(_ source: Source, memory: ReaderMemory = .unlimited) throws {
        self.source = source
        self.limits = PickleLimits(memory: memory)
        self.head = try source.bytes(at: 0, count: min(source.byteCount, Self.firstByteCount))
        guard let byteCount = LegacyMagic.byteCount(in: head) else {
            throw TorchError.legacy(.unexpected(part: "first pickle", expected: "the magic number"))
        }
        self.position = byteCount
    }

    /// Keeps a graph: what it left is what the pickles behind it may take.
    mutating func keep(_ graph: PickleGraph) {
        limits.memory = graph.memory
    }

    /// Reads the next pickle; `part` names it in an error.
    mutating func next(_ part: String) throws -> PickleGraph {
        while true {
            do throws(PickleError) {
                let (graph, byteCount) = try runPickle()
                position += byteCount
                return graph
            } catch {
                guard case .truncated = error.reason, try readMore() else {
                    throw TorchError.pickle(part: "\(part) at byte \(position)", error)
                }
            }
        }
    }

    private func runPickle() throws(PickleError) -> (graph: PickleGraph, byteCount: Int) {
        let rest = head.span.bytes.extracting(position...)
        return try rest.withUnsafeBytes { (bytes) throws(PickleError) in
            try PickleMachine.run(bytes, limits: limits)
        }
    }

    /// Reads four times as much, so that running a pickle from its start again costs a third more in all.
    private mutating func readMore() throws -> Bool {
        let limit = min(source.byteCount, position + limits.byteCount)
        guard head.count < limit else { return false }
        let byteCount = min(limit, 4 * head.count) - head.count
        // What is there, what is read, and both together.
        try limits.memory.require(2 * (head.count + byteCount))
        head += try source.bytes(at: head.count, count: byteCount)
        return true
    }
}
