/// A checkpoint that the daemon has seen.
package struct CheckpointReport: Codable, Sendable, Equatable {
    /// What became of it.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// A member of a window.
        case window
        /// Whole, but in no window.
        case complete
        /// Not (yet) whole; the reason says why.
        case incomplete
        /// Kept out of every window; the reason says why.
        case excluded
        /// Older than any window; not looked into.
        case older
    }

    package var name: String
    package var step: Int
    package var state: State
    package var reason: String?
    /// Bytes of the weights; nil where they were not looked into.
    package var bytes: Int?
    /// Whether a pin keeps it.
    package var pinned: Bool
    /// Whether the trainer has deleted it, so that it lives on as a pin alone.
    package var pinOnly: Bool
    package var path: String

    package init(
        name: String,
        step: Int,
        state: State,
        reason: String?,
        bytes: Int?,
        pinned: Bool,
        pinOnly: Bool,
        path: String
    ) {
        self.name = name
        self.step = step
        self.state = state
        self.reason = reason
        self.bytes = bytes
        self.pinned = pinned
        self.pinOnly = pinOnly
        self.path = path
    }
}

/// The answer to `GET /v1/checkpoints`, newest first.
package struct CheckpointsReport: Codable, Sendable, Equatable {
    package var checkpoints: [CheckpointReport]
    /// How many there are; nil from a daemon that answers with all.
    package var total: Int?
    /// What asks for the next page as `after`; nil where there is none.
    package var next: String?

    package init(checkpoints: [CheckpointReport], total: Int? = nil, next: String? = nil) {
        self.checkpoints = checkpoints
        self.total = total
        self.next = next
    }
}
