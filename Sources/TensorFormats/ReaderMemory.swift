/// How much memory reading one checkpoint may take, and where that limit comes from.
///
/// The readers count what they hold, in bytes, before they take it, and refuse a file that would go beyond; what a file
/// of a few megabytes can ask for then never ends the process.
package struct ReaderMemory: Sendable, Equatable {
    /// The most bytes that are held at once.
    package let byteCount: Int
    /// What sets the limit and how to raise it, in words that continue "the limit is 128 bytes, ".
    package let origin: String

    /// States a limit.
    package init(byteCount: Int, origin: String) {
        self.byteCount = byteCount
        self.origin = origin
    }

    /// No limit but those of the formats, for bytes that this program has made or already holds.
    package static let unlimited = ReaderMemory(byteCount: .max, origin: "")

    /// Throws where a reader would hold more than the limit.
    package func require(_ needed: Int) throws(MemoryShortage) {
        guard needed <= byteCount else { throw MemoryShortage(needed: needed, limit: self) }
    }

    /// What is left beside bytes that are held already.
    package func left(beside held: Int) -> ReaderMemory {
        self == .unlimited ? self : ReaderMemory(byteCount: max(0, byteCount - held), origin: origin)
    }
}

/// Why a file is not read although it may be sound: its reader would take more memory than it may.
package struct MemoryShortage: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes of memory that it would take at least.
    package let needed: Int
    /// The most that it may take.
    package let limit: ReaderMemory

    /// Both numbers, where the limit comes from, and how to raise it, in one line.
    package var description: String {
        "reading it takes at least \(needed) bytes of memory, the limit is \(limit.byteCount) bytes, \(limit.origin)"
    }
}
