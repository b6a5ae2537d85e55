import Averaging
import Checkpoints

/// Which windows gave no average and why, so that none is tried in vain and none is given up that may still succeed.
struct FailureLedger: Sendable {
    /// A window and its recipe, by content: it changes when any member does.
    struct WindowKey: Hashable, Sendable {
        let recipe: Recipe
        let members: [MemberKey]

        init(_ window: CheckpointWindow, recipe: Recipe) {
            self.recipe = recipe
            members = window.members.map(MemberKey.init)
        }
    }

    /// One version of one checkpoint.
    struct MemberKey: Hashable, Sendable {
        let name: String
        let files: [CheckpointFile]

        init(_ checkpoint: Checkpoint) {
            name = checkpoint.name
            files = checkpoint.weights
        }
    }

    /// Why a window gave no average.
    struct Failure: Sendable {
        let reason: String
        /// What two failures have in common that are worth telling only once.
        let kind: String
        /// When it is worth another try; nil where only other members can help.
        let retry: ContinuousClock.Instant?
    }

    private var windows: [WindowKey: Failure] = [:]
    private var excluded: [MemberKey: String] = [:]

    /// Notes a window that gave no average.
    mutating func record(_ failure: Failure, for window: WindowKey) {
        windows[window] = failure
    }

    /// Keeps one version of a checkpoint out of every window.
    mutating func exclude(_ member: MemberKey, reason: String) {
        excluded[member] = reason
    }

    /// Why a window gave no average.
    func failure(of window: WindowKey) -> Failure? {
        windows[window]
    }

    /// When the next failed window is worth another try; nil where none is waited for.
    func nextRetry(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        windows.values.compactMap(\.retry).filter { $0 > now }.min()
    }

    /// Why a checkpoint is kept out of every window.
    func exclusion(of checkpoint: Checkpoint) -> String? {
        excluded[MemberKey(checkpoint)]
    }

    /// The checkpoints that may be members.
    func admitted(_ checkpoints: [Checkpoint]) -> [Checkpoint] {
        excluded.isEmpty ? checkpoints : checkpoints.filter { exclusion(of: $0) == nil }
    }

    /// Forgets whatever concerns checkpoints that are no longer there.
    mutating func forget(except checkpoints: [Checkpoint]) {
        let present = Set(checkpoints.map(MemberKey.init))
        windows = windows.filter { $0.key.members.allSatisfy(present.contains) }
        excluded = excluded.filter { present.contains($0.key) }
    }
}
