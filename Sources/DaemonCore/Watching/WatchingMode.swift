/// How the daemon learns that something changed.
enum WatchingMode: Equatable, Sendable {
    /// The kernel tells; looking at intervals is only the safety net.
    case events
    /// Looking at intervals is what counts.
    case polling(PollingReason)

    /// Why events are not relied on.
    enum PollingReason: Equatable, Sendable {
        /// Others may write on this filesystem without this kernel's knowing.
        case fileSystem(String)
        /// A look found what no event had told.
        case eventsMissed(String)
        /// The system gives no watch.
        case noWatch(problem: String)

        /// Whether files may change here without this machine's clock and kernel having a part in it.
        var isBlind: Bool {
            switch self {
            case .fileSystem, .eventsMissed: true
            case .noWatch: false
            }
        }
    }

    /// How often it is looked where looking is what counts; a file server's answers are up to a minute old anyway.
    static let longestPollInterval = Duration.seconds(10)
}

extension WatchingMode {
    /// The word for scripts.
    var name: String {
        switch self {
        case .events: "events"
        case .polling: "polling"
        }
    }

    /// Why events are not relied on.
    var reason: PollingReason? {
        if case .polling(let reason) = self { reason } else { nil }
    }

    /// Why it is looked at intervals, where somebody could mend that.
    var problem: String? {
        if case .polling(.noWatch(let problem)) = self { problem } else { nil }
    }
}

extension WatchingMode.PollingReason: CustomStringConvertible {
    /// The reason as a sentence without its full stop.
    var description: String {
        switch self {
        case .fileSystem(let name):
            "on this filesystem (\(name)) others may write without this machine's knowing"
        case .eventsMissed(let name): "\"\(name)\" came without an event"
        case .noWatch(let problem): problem
        }
    }
}
