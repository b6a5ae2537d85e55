import Averaging
import Checkpoints
import Synchronization

/// What the daemon knows at the moment: the one place that the pipeline writes to and that every report is made from.
///
/// Each field has one writer: the watching service writes `view`, the averaging service the rest, a reload the
/// configuration.
final class StatusBoard: Sendable {
    /// An average that is being made.
    struct Activity: Sendable {
        let recipe: String
        let name: String
        let step: Step
        let control: AveragingControl
    }

    /// The knowledge itself.
    struct State: Sendable {
        var configuration: Configuration
        var view = DirectoryView()
        /// How many looks there have been; 0 until the first is done.
        var looks = 0
        /// The last request for a look that a look has answered, as `WatchingService.rescan` counts them.
        var answeredRequest = 0
        /// What is published, by recipe, in ascending order of steps.
        var averages: [String: [PublishedAverage]] = [:]
        var output = OutputCondition()
        var activity: Activity?
        /// Windows that gave no average, by what they consist of.
        var failures = FailureLedger()
        /// The content of versions of files that a pass read whole, so that no later one needs to.
        var known: [FileFingerprint: ContentChecksum] = [:]
        /// Why the last hook failed, if it did.
        var hookProblem: String?
        /// Why the last reload was refused, if it was.
        var reloadProblem: String?
        var published = 0
        var failed = 0
        var bytesAveraged = 0
        var secondsAveraging = 0.0
    }

    private struct Subscribers {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var count = 0
    }

    private let state: Mutex<State>
    private let changeCount = Atomic(0)
    private let subscribers = Mutex(Subscribers())

    init(configuration: Configuration) {
        state = Mutex(State(configuration: configuration))
    }

    /// How often the knowledge has changed, for those who keep what they made of it.
    var revision: Int { changeCount.load(ordering: .sequentiallyConsistent) }

    /// A copy of everything known.
    var snapshot: State { state.withLock { $0 } }

    /// Changes what is known and tells everybody who waits for changes.
    func update<Result: Sendable>(_ change: (inout sending State) -> sending Result) -> sending Result {
        let result = state.withLock(change)
        // Afterwards: what is made of the state in between is made again, and nothing old is kept for new.
        changeCount.add(1, ordering: .sequentiallyConsistent)
        for subscriber in subscribers.withLock({ $0.continuations.values }) { subscriber.yield() }
        return result
    }

    /// One element for each change, except that changes which nobody waited for become one.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = subscribers.withLock { subscribers in
            subscribers.count += 1
            subscribers.continuations[subscribers.count] = continuation
            return subscribers.count
        }
        continuation.onTermination = { [weak self] _ in
            self?.subscribers.withLock { _ = $0.continuations.removeValue(forKey: number) }
        }
        continuation.yield()
        return stream
    }
}
