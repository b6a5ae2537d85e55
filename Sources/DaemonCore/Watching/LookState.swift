import Averaging
import Checkpoints
import LinuxSystem

/// A look under way: how far it is, and what it found so far.
struct LookState {
    /// What the next observation is about.
    enum Stage {
        case idle
        case candidates(CheckpointCandidate)
        case pins(CheckpointCandidate)
        case pinning(PinTask)
    }

    /// A checkpoint to be pinned.
    struct PinTask {
        let checkpoint: Checkpoint
        /// Whether a window needs it, so that it is told where it cannot be pinned; one that is settling is pinned ahead
        /// of time.
        let isNeeded: Bool
    }

    let sighting: DirectorySighting
    let context: LookContext
    var stage = Stage.idle
    var walk: CandidateWalk
    var view: DirectoryView
    /// Pins that are still to be looked into.
    var unreadPins: ArraySlice<CheckpointCandidate>
    /// Everything that is pinned whole, settled or not, by name.
    var pins: [String: Checkpoint] = [:]
    var pinTasks: ArraySlice<PinTask> = []
    /// Bytes that copies may still take.
    var room = 0
    /// Names of the pins that stay, once that is decided.
    var kept: Set<String> = []

    /// No look.
    init() {
        self.init(DirectorySighting(view: DirectoryView()), LookContext(), recipes: [])
    }

    /// The beginning of a look.
    init(_ sighting: DirectorySighting, _ context: LookContext, recipes: [Recipe]) {
        self.sighting = sighting
        self.context = context
        walk = CandidateWalk(sighting.candidates, recipes: recipes, context: context)
        view = sighting.view
        view.seenCount = sighting.candidates.count
        view.heldBytes = sighting.holdings.values.map(\.byteCount).clampedSum
        unreadPins = sighting.pins[...]
    }

    /// Notes a whole checkpoint.
    mutating func whole(_ candidate: CheckpointCandidate, _ checkpoint: Checkpoint) {
        walk.passed(candidate.name, checkpoint)
        view.complete.append(checkpoint)
    }

    /// Notes a candidate that is not whole.
    mutating func notWhole(_ candidate: CheckpointCandidate, _ reason: Incompleteness) {
        walk.passed(candidate.name)
        view.incomplete.append((candidate, reason))
    }

    /// Notes a candidate that changed a moment ago.
    mutating func settling(_ candidate: CheckpointCandidate, _ checkpoint: Checkpoint?) {
        view.incomplete.append((candidate, .settling))
        guard let checkpoint else { return walk.passed(candidate.name) }
        walk.passed(candidate.name, checkpoint)
        view.settling.append(checkpoint)
    }
}
