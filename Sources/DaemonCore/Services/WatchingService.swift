import Averaging
import Checkpoints
import LinuxSystem
import ServiceLifecycle
import Synchronization

/// Looks at the watched directory whenever something in it changes, whenever a checkpoint may have settled, and in any
/// case at intervals.
///
/// Everything happens on one thread of its own, which blocks in inotify between looks: idle, it wakes once a rescan.
final class WatchingService: Service {
    private struct Requests {
        var rescan: String?
        var count = 0
        var isStopped = false
    }

    private let pipeline: Pipeline
    private let lock: LockFile
    private let inotify: Inotify
    private let requests = Mutex(Requests())
    private let heartbeats = Atomic(0)

    /// Prepares; nothing is watched yet.
    ///
    /// - Parameter lock: that of the output; where it is lost, the service ends with `LockError`.
    init(pipeline: Pipeline, lock: LockFile) throws(SystemCallError) {
        self.pipeline = pipeline
        self.lock = lock
        inotify = try Inotify()
    }

    /// How often the watching thread has shown that it is alive.
    var heartbeatCount: Int { heartbeats.load(ordering: .relaxed) }

    /// Makes the watching thread pass through its loop once, without a look.
    func poke() {
        inotify.wake()
    }

    /// Asks for a full look.
    ///
    /// - Returns: the request's number; the look that answers it puts it on the board.
    @discardableResult
    func rescan(reason: String) -> Int {
        defer { inotify.wake() }
        return requests.withLock { requests in
            requests.rescan = reason
            requests.count += 1
            return requests.count
        }
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await BlockingWork.run(label: "lawad-watch") { [self] in
                do {
                    try loop()
                } catch is CancellationError {
                    // A stop ends a look that is under way, too.
                }
            }
        } onGracefulShutdown: {
            self.requests.withLock { $0.isStopped = true }
            self.inotify.wake()
        }
    }

    private func loop() throws {
        var looker = Looker(pipeline: pipeline, inotify: inotify)
        var trust = EventTrust()
        let first = try look(&looker, trust, thoroughly: true, request: 0)
        var timing = LookTiming(lastLook: .now, rescan: first.interval(rescan: rescanPeriod))
        while true {
            // A look makes whoever averages try again, too.
            let due = [looker.nextDeadline, pipeline.nextRetry(after: .now)].compactMap(\.self).min()
            let events = try wait(until: timing.deadline(settled: due))
            heartbeats.wrappingAdd(1, ordering: .relaxed)
            let request = takeRequest()
            if request.isStopped { return }
            if Self.areNews(events) { timing.happened(at: .now) }
            let overflow = events.contains(where: \.isQueueOverflow) ? "the kernel's event queue overflowed" : nil
            let reason = overflow ?? request.rescan
            if let reason { pipeline.log(.rescanning(reason: reason)) }
            let isThorough = reason != nil || timing.isRescanDue(now: .now)
            guard isThorough || ContinuousClock.now >= timing.deadline(settled: due) else { continue }
            let wasTold = timing.isChanged
            // What is deleted under a running daemon is made anew by the next start, under a lock that holds.
            try lock.requireInPlace()
            let view = try look(&looker, trust, thoroughly: isThorough, request: request.count)
            timing.looked(at: .now, thoroughly: isThorough, rescan: view.interval(rescan: rescanPeriod))
            guard !view.appeared.isEmpty, !wasTold, view.watching == .events else { continue }
            let isTold = Self.areNews(try inotify.wait(timeoutMilliseconds: Self.eventDelay))
            if isTold { timing.happened(at: .now) }
            trust.looked(appeared: view.appeared, wasTold: wasTold, isTold: isTold)
        }
    }

    /// How long after a change its event may come, in milliseconds; the kernel needs microseconds.
    private static let eventDelay: Int32 = 50

    /// Whether events tell of a change. A watch that ends is told by what ended it; the kernel's note that it did is no news.
    private static func areNews(_ events: [InotifyEvent]) -> Bool {
        events.contains { !$0.kind.subtracting([.ignored, .directory]).isEmpty }
    }

    private var rescanPeriod: Duration { pipeline.board.snapshot.configuration.rescan }

    private func takeRequest() -> Requests {
        requests.withLock { requests in
            defer { requests.rescan = nil }
            return requests
        }
    }

    private func look(
        _ looker: inout Looker,
        _ trust: EventTrust,
        thoroughly: Bool,
        request: Int
    ) throws -> DirectoryView {
        try looker.look(thoroughly: thoroughly, request: request, missedEvent: trust.missed) {
            heartbeats.wrappingAdd(1, ordering: .relaxed)
            if requests.withLock(\.isStopped) { throw CancellationError() }
        }
    }

    private func wait(until deadline: ContinuousClock.Instant) throws -> [InotifyEvent] {
        let milliseconds = max(0, (deadline - .now) / .milliseconds(1))
        return try inotify.wait(timeoutMilliseconds: Int32(clamping: Int(milliseconds.rounded(.up))))
    }
}
