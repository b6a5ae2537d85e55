import Checkpoints

/// What the last look at the watched directory found.
struct DirectoryView: Sendable {
    /// Whether the directory exists and can be listed.
    var isPresent = false
    /// Why nothing can be told at the moment, if so.
    var problem: String?
    /// The filesystem's name, as in `ext4`; nil where it cannot be asked.
    var fileSystem: String?
    /// The layout's name once one was recognised.
    var layout: String?
    /// How many entries are named like checkpoints.
    var seenCount = 0
    /// Whole checkpoints in ascending order of steps, read from their pins where they are pinned.
    var complete: [Checkpoint] = []
    /// Candidates that are not whole, newest first.
    var incomplete: [(candidate: CheckpointCandidate, reason: Incompleteness)] = []
    /// Candidates that look whole but changed a moment ago; `incomplete` has them as settling.
    var settling: [Checkpoint] = []
    /// Candidates too old to be looked into, newest first.
    var older: [CheckpointCandidate] = []
    /// Names of checkpoints that a pin keeps.
    var pinned: Set<String> = []
    /// Names of checkpoints that the trainer has deleted and a pin keeps.
    var pinOnly: Set<String> = []
    /// Why pins cannot be made here, if so.
    var pinProblem: String?
    /// How the last pin was made; nil where none was made since the daemon began.
    var pinMeans: PinMeans?
    /// Bytes that only pins still hold.
    var heldBytes = 0
    /// Entries that are no candidates although they are named so, and why.
    var passedOver: [(name: String, reason: String)] = []
    /// Checkpoints that are there under another name as well, and why they do not count.
    var aliases: [(candidate: CheckpointCandidate, reason: String)] = []
    /// What was saved before the run went back to an earlier step.
    var superseded: [(candidate: CheckpointCandidate, reason: String)] = []
    /// Numbers by name: checkpoints of different numbers cannot be averaged together.
    var generations: [String: Int] = [:]
    /// Where windows began anew last, if they did among what is there.
    var restart: WindowRestart?
    /// Whether something is still settling, so that another look follows soon.
    var isSettling = false
    /// How changes are noticed here.
    var watching = WatchingMode.events
    /// Names of candidates that the look before did not find.
    var appeared: Set<String> = []
}

extension DirectoryView {
    /// The time between two full looks: shorter where events cannot be relied on, and while something cannot be seen, for
    /// what mends that (permissions, a mount) brings no event.
    ///
    /// - Parameter rescan: the time that is enough where events come.
    func interval(rescan: Duration) -> Duration {
        if case .events = watching, problem == nil { return rescan }
        return min(rescan, WatchingMode.longestPollInterval)
    }
}
