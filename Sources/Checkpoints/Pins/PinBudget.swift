import LinuxSystem

/// How much room pins may take, and which members of the windows are kept within it.
///
/// It remembers nothing: what may be held is what is allowed, or what pins hold already and what is free beyond that
/// which has to stay free. That sum is the same before and after a pin is made or let go, so that a second look with
/// the same figures finds nothing to do.
package struct PinBudget: Sendable {
    /// A member that windows need.
    package struct Member: Hashable, Sendable {
        /// The checkpoint's name.
        package let name: String
        /// Its step: the newest is kept first.
        package let step: Step
        /// The bytes that its pin holds, or would hold: none where the trainer has a name for the same files.
        package let byteCount: Int
        /// Whether there is a pin of it.
        package let isPinned: Bool

        /// Describes a member.
        ///
        /// - Parameter byteCount: see the property; for a pin that is to be made never less than it is going to hold.
        package init(name: String, step: Step, byteCount: Int, isPinned: Bool) {
            self.name = name
            self.step = step
            self.byteCount = byteCount
            self.isPinned = isPinned
        }
    }

    /// What to do, each newest first; letting go comes before making.
    package struct Decision: Equatable, Sendable {
        /// Names of pins that stay.
        package fileprivate(set) var keep: [String] = []
        /// Names of members of which a pin is to be made.
        package fileprivate(set) var make: [String] = []
        /// Names of pins that have to go.
        package fileprivate(set) var letGo: [String] = []
        /// What cannot be kept; nil where everything can.
        package fileprivate(set) var shortfall: Shortfall?
    }

    /// Members that there is no room for.
    package struct Shortfall: Equatable, Sendable, CustomStringConvertible {
        /// What sets the limit.
        package enum Limit: Equatable, Sendable {
            /// The room that pins may take.
            case maxPinned(Int)
            /// The room that has to stay free, of which so much is there.
            case minFree(Int, available: Int)
        }

        /// Names of the members that cannot be kept, newest first.
        package let names: [String]
        /// How many members the windows need.
        package let memberCount: Int
        /// The bytes that all of them would hold.
        package let neededByteCount: Int
        /// The bytes that they may hold.
        package let allowedByteCount: Int
        /// What allows no more.
        package let limit: Limit

        /// The shortfall as a sentence without its full stop, with what to do.
        package var description: String {
            let what =
                "\(names.count) of \(memberCount) checkpoints of the windows cannot be pinned: "
                + "all would hold \(neededByteCount) bytes, \(allowedByteCount) are allowed"
            switch limit {
            case .maxPinned: return "\(what); raise limits.max_pinned or make the window smaller"
            case .minFree(let minFree, let available):
                return "\(what), as \(minFree) are to stay free and \(available) are; "
                    + "free space, lower limits.min_free or make the window smaller"
            }
        }
    }

    /// The bytes that all pins together may hold; nil where only the disk sets a limit.
    private let maxPinned: Int?
    /// The bytes that are free.
    private let available: Int
    /// The bytes that are to stay free.
    private let minFree: Int

    /// Takes what is allowed and what is there, in bytes.
    package init(maxPinned: Int?, available: Int, minFree: Int) {
        self.maxPinned = maxPinned
        self.available = max(0, available)
        self.minFree = max(0, minFree)
    }

    /// Which members are kept: the newest first, and older ones as far as there is room for them, too.
    ///
    /// What holds nothing stays and is made whatever the room, for letting it go would give nothing back.
    ///
    /// - Parameter members: everything that windows need and every pin of it, in any order.
    package func decide(on members: [Member]) -> Decision {
        let (allowed, limit) = allowance(of: members)
        var decision = Decision()
        var held = 0
        var left: [String] = []
        for member in members.sorted(by: { ($0.step, $0.name) > ($1.step, $1.name) }) {
            let (sum, isEndless) = held.addingReportingOverflow(member.byteCount)
            if member.byteCount <= 0 || !isEndless && sum <= allowed {
                if member.byteCount > 0 { held = sum }
                if member.isPinned { decision.keep.append(member.name) } else { decision.make.append(member.name) }
            } else {
                if member.isPinned { decision.letGo.append(member.name) }
                left.append(member.name)
            }
        }
        guard !left.isEmpty else { return decision }
        decision.shortfall = Shortfall(
            names: left,
            memberCount: members.count,
            neededByteCount: Self.sum(of: members),
            allowedByteCount: max(0, allowed),
            limit: limit
        )
        return decision
    }

    /// The bytes that members may hold, and what sets the limit.
    private func allowance(of members: [Member]) -> (Int, Shortfall.Limit) {
        let held = Self.sum(of: members.filter(\.isPinned))
        let (sum, isEndless) = (available - minFree).addingReportingOverflow(held)
        let room = isEndless ? Int.max : sum
        if let maxPinned, maxPinned <= room { return (maxPinned, .maxPinned(maxPinned)) }
        return (room, .minFree(minFree, available: available))
    }

    private static func sum(of members: [Member]) -> Int {
        members.map(\.byteCount).clampedSum
    }
}
