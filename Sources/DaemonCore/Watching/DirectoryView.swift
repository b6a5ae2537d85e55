import Checkpoints

/// What the last look at the watched directory found.
struct DirectoryView: Sendable {
    /// Whether the directory exists and can be listed.
    var isPresent = false
    /// Why nothing can be told at the moment, if so.
    var problem: String?
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
    /// Whether something is still settling, so that another look follows soon.
    var isSettling = false
    /// Why polling has to stand in for events, if so.
    var watchProblem: String?
}
