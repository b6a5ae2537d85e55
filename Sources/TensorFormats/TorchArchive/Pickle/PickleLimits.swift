/// How much of a pickle is read before it is refused; memory stays in proportion to these, whatever a file claims.
struct PickleLimits: Sendable {
    /// The largest pickle, in bytes.
    var byteCount = 1 << 30
    /// The most values on the stack, in the memo and in containers together, at about 16 bytes each.
    var nodeCount = 50_000_000
    /// The longest single text or byte string, in bytes.
    var textByteCount = 256 << 20
    /// The most memory that everything together takes.
    var memory = ReaderMemory.unlimited
}
