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

    /// One version of one checkpoint, wherever it lies: a pin that is a copy is the same as what it was made of.
    struct MemberKey: Hashable, Sendable {
        private struct File: Hashable, Sendable {
            let path: String
            let byteCount: Int
            let modificationTime: Int64
        }

        let name: String
        private let files: [File]

        init(_ checkpoint: Checkpoint) {
            name = checkpoint.name
            files = checkpoint.weights.map { file in
                File(
                    path: file.relativePath,
                    byteCount: file.fingerprint.byteCount,
                    modificationTime: file.fingerprint.modificationTime
                )
            }
        }
    }

    /// Why a window gave no average.
    struct Failure: Sendable {
        let reason: String
        /// What two failures have in common that are worth telling only once.
        let kind: String
        /// When it is worth another try; nil where only other members can help.
        let retry: ContinuousClock.Instant?
        /// How often it was tried in vain, this time included.
        var tries = 1
    }

    /// What was made of a window, which is not worth making again at once.
    private struct Made: Sendable {
        let count: Int
        let again: ContinuousClock.Instant
    }

    /// The pause after the first try, where nothing says otherwise.
    static let shortestPause = Duration.seconds(15)
    private static let longestPause = Duration.seconds(600)
    /// How often a window that others have overtaken is tried.
    private static let patience = 12

    private var windows: [WindowKey: Failure] = [:]
    private var made: [WindowKey: Made] = [:]
    private var excluded: [MemberKey: String] = [:]

    /// Notes a window that gave no average.
    mutating func record(_ failure: Failure, for window: WindowKey) {
        var failure = failure
        failure.tries += windows[window]?.tries ?? 0
        windows[window] = failure
    }

    /// Notes a window whose average was published. Should it seem to be missing again and again, as where something takes
    /// it away at once, the pauses before it is made again grow.
    mutating func recordMade(_ window: WindowKey, at now: ContinuousClock.Instant) {
        windows[window] = nil
        let count = (made[window]?.count ?? 0) + 1
        made[window] = Made(count: count, again: now + Self.pause(Self.shortestPause, after: count))
    }

    /// A pause that doubles with each try, up to ten minutes.
    static func pause(_ first: Duration, after tries: Int) -> Duration {
        min(first * (1 << min(max(tries, 1) - 1, 10)), max(first, longestPause))
    }

    /// Whether a window may be tried at a moment.
    func isDue(_ window: WindowKey, now: ContinuousClock.Instant) -> Bool {
        if let failure = windows[window] { return failure.retry.map { $0 <= now } ?? false }
        return made[window].map { $0.again <= now } ?? true
    }

    /// Whether a window failed for a reason that may pass, so that it keeps its turn although later ones were averaged.
    func isOwed(_ window: @autoclosure () -> WindowKey) -> Bool {
        guard !windows.isEmpty, let failure = windows[window()] else { return false }
        return failure.retry != nil && failure.tries <= Self.patience
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
        made = made.filter { $0.key.members.allSatisfy(present.contains) }
        excluded = excluded.filter { present.contains($0.key) }
    }
}
