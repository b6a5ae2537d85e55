import FoundationEssentials

/// Asks a daemon again and again, and shows what it says.
struct WatchLoop: Sendable {
    /// How often an average that is being made is looked at.
    static let averagingInterval = Duration.milliseconds(250)

    let daemon: RunningDaemon
    let interval: Duration
    let display: any WatchDisplay

    /// Watches until the task is cancelled, nobody reads any more, or showing fails.
    func run() async throws {
        var display = display
        var sight = WatchSight.answered(daemon.status, body: daemon.statusBody)
        while true {
            try display.show(sight, now: Date.now)
            try await Task.sleep(for: sight.isAveraging ? min(interval, Self.averagingInterval) : interval)
            // A pipe whose reader has gone would only be noticed at the next change, which may be days away.
            if Console.isReaderGone { return }
            sight = await WatchSight.of(daemon)
            try Task.checkCancellation()
        }
    }
}
