import Checkpoints

/// Where windows began anew, so that they reach back no further.
struct WindowRestart: Equatable, Sendable {
    /// The first checkpoint of the new windows.
    let name: String
    /// Its step.
    let step: Step
    /// Why what was before is no part of them.
    let reason: String
}
