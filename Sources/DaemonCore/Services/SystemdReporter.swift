import Averaging
import ServiceLifecycle
import Systemd

/// Tells systemd when the daemon is ready, what it is doing, and that it is alive.
///
/// Without a supervisor every message goes nowhere, so the same service runs in a terminal.
struct SystemdReporter: Service {
    /// How often progress is told while an average is made.
    private static let progressInterval = Duration.seconds(2)
    /// How often, before the first look is done, the manager hears that it moves on.
    private static let startInterval = Duration.milliseconds(500)
    /// How long the manager is to wait for the next such word: the slowest single file or directory.
    private static let startAllowance = Duration.seconds(60)
    /// A block in flight to a slow disk is waited for; the rest of the average is given up.
    private static let cancellationAllowance = Duration.seconds(20)

    let pipeline: Pipeline
    let watching: WatchingService

    func run() async throws {
        let notifier = SystemdNotifier()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await reportStatus(notifier) }
                group.addTask { await reportProgress(notifier) }
                group.addTask { await extendStart(notifier) }
                if let interval = SystemdNotifier.watchdogInterval {
                    group.addTask { await feedWatchdog(notifier, interval: interval) }
                }
            }
        } onGracefulShutdown: {
            notifier.stopping(status: "stopping")
            if pipeline.board.snapshot.activity != nil { notifier.extendTimeout(Self.cancellationAllowance) }
            pipeline.log(.stopping)
        }
    }

    private func reportStatus(_ notifier: SystemdNotifier) async {
        var isReady = false
        var told = ""
        for await _ in pipeline.board.changes().cancelOnGracefulShutdown() {
            let state = pipeline.board.snapshot
            let summary = StatusText(pipeline: pipeline, state: state).summary
            if !isReady, state.looks > 0 {
                notifier.ready(status: summary)
                isReady = true
            } else if summary != told {
                notifier.status(summary)
            }
            told = summary
        }
    }

    /// Keeps the start from timing out while the first look moves on: it may copy a whole window of large files.
    private func extendStart(_ notifier: SystemdNotifier) async {
        var seen = -1
        while pipeline.board.snapshot.looks == 0 {
            let count = watching.heartbeatCount
            if count != seen { notifier.extendTimeout(Self.startAllowance) }
            seen = count
            guard await pause(Self.startInterval) else { return }
        }
    }

    /// Tells progress while an average is made, and sleeps while none is.
    private func reportProgress(_ notifier: SystemdNotifier) async {
        for await _ in pipeline.board.changes().cancelOnGracefulShutdown() {
            while pipeline.board.snapshot.activity != nil, await pause(Self.progressInterval) {
                let state = pipeline.board.snapshot
                if state.activity != nil {
                    notifier.status(StatusText(pipeline: pipeline, state: state).summary)
                }
            }
        }
    }

    /// Waits; false where the daemon is to stop.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
            return !Task.isShuttingDownGracefully
        } catch {
            return false
        }
    }

    /// Pings as long as the watching thread answers and a running average moves; see `PipelineVitals`.
    private func feedWatchdog(_ notifier: SystemdNotifier, interval: Duration) async {
        var vitals = PipelineVitals(interval: interval, now: .now)
        while !Task.isShuttingDownGracefully {
            let before = watching.heartbeatCount
            watching.poke()
            guard await pause(interval / 4) else { return }
            let activity = pipeline.board.snapshot.activity
            let isAlive = vitals.observe(
                watchingAnswered: watching.heartbeatCount != before,
                pulse: activity.map { .init(beats: $0.control.beats, phase: $0.control.progress.phase) },
                now: .now
            )
            if isAlive { notifier.watchdog() }
        }
    }
}
