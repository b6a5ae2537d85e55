/// How many of the latest checkpoints an average is taken over.
package enum WindowRule: Hashable, Sendable, CustomStringConvertible {
    /// The k latest files.
    case last(Int)
    /// Every checkpoint whose step is less than this many steps before the newest's.
    case steps(Int)

    /// The rule in words.
    package var description: String {
        switch self {
        case .last(let count): "last \(count)"
        case .steps(let count): "last \(count) steps"
        }
    }
}

/// The latest checkpoints that one average is made of, oldest first.
package struct CheckpointWindow: Sendable {
    /// Members in the order of their steps; never empty.
    package let members: [Checkpoint]

    /// The newest member, at which the window ends and after which the average is named.
    package var newest: Checkpoint { members[members.count - 1] }

    /// The window that ends at one of some whole checkpoints.
    ///
    /// - Parameters:
    ///   - newest: index of the newest member.
    ///   - checkpoints: whole checkpoints in ascending order of steps.
    package init(endingAt newest: Int, of checkpoints: [Checkpoint], rule: WindowRule) {
        let end = checkpoints[newest].step.value
        let first: Int
        switch rule {
        case .last(let count):
            first = max(0, newest - count + 1)
        case .steps(let count):
            first = checkpoints.firstIndex { end - $0.step.value < count } ?? newest
        }
        members = Array(checkpoints[min(first, newest)...newest])
    }

    /// A window of members chosen by hand, oldest first; nil where there are none.
    package init?(members: [Checkpoint]) {
        guard !members.isEmpty else { return nil }
        self.members = members
    }
}
