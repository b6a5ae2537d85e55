import Averaging
import Checkpoints

/// What a look at the directory has to know of the rest of the daemon.
struct LookContext {
    /// What is published, by recipe; decides how far back candidates matter.
    var averages: [String: [PublishedAverage]] = [:]
    /// Which checkpoints are kept out of windows, so that older ones take their places.
    var failures = FailureLedger()
    /// Where the average of a recipe ends that is being made; neither it nor what follows it may lose a member.
    var underway: [String: Step] = [:]
    /// Whether incomplete candidates are looked into again even if they seem unchanged.
    var isThorough = true
    /// What a look found that no event had told, where that has happened.
    var missedEvent: String?
}
