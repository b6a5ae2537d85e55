import Checkpoints

/// What became of a checkpoint that was to be pinned.
enum PinOutcome {
    /// It is pinned, and read from its pin from now on; without means nothing had to be made.
    case pinned(Checkpoint, PinMeans?)
    /// Only a copy would do, and there is no room for one.
    case needsRoom
    /// It changed under the hand, so it was not whole; the next look tells.
    case changed
    /// It could not be pinned, for the reason given.
    case failed(String)
}
