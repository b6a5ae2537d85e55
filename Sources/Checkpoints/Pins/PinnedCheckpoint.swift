/// How a checkpoint is kept, in ascending order of the room that it takes.
package enum PinMeans: String, CaseIterable, Sendable, Comparable {
    /// A second name for the same file.
    case hardlink
    /// A file of its own that shares the blocks of the original until one of them is written.
    case reflink
    /// A file of its own with blocks of its own.
    case copy

    /// Orders by the room that they take.
    package static func < (left: PinMeans, right: PinMeans) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .hardlink: 0
        case .reflink: 1
        case .copy: 2
        }
    }
}

/// A checkpoint as it is read from its pin, and how it is kept.
package struct PinnedCheckpoint: Sendable {
    /// The checkpoint, read from the pin; where pins are off, as it was.
    package let checkpoint: Checkpoint
    /// Of the ways in which its files are kept, the one that takes the most room.
    ///
    /// Nil where nothing was made, because pins are off or it is a pin already.
    package let means: PinMeans?
}
