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
    private let inotify: Inotify?
    private let inotifyProblem: String?
    private let requests = Mutex(Requests())
    private let heartbeats = Atomic(0)

    init(pipeline: Pipeline) {
        self.pipeline = pipeline
        do {
            inotify = try Inotify()
            inotifyProblem = nil
        } catch {
            inotify = nil
            inotifyProblem = "\(error)"
        }
    }

    /// How often the watching thread has shown that it is alive.
    var heartbeatCount: Int { heartbeats.load(ordering: .relaxed) }

    /// Makes the watching thread pass through its loop once, without a look.
    func poke() {
        inotify?.wake()
    }

    /// Asks for a full look.
    ///
    /// - Returns: the request's number; the look that answers it puts it on the board.
    @discardableResult
    func rescan(reason: String) -> Int {
        defer { inotify?.wake() }
        return requests.withLock { requests in
            requests.rescan = reason
            requests.count += 1
            return requests.count
        }
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await BlockingWork.run(label: "lawad-watch") { [self] in try loop() }
        } onGracefulShutdown: {
            self.requests.withLock { $0.isStopped = true }
            self.inotify?.wake()
        }
    }

    private func loop() throws {
        if let inotifyProblem { pipeline.log(.eventsUnavailable(problem: inotifyProblem)) }
        var looker = Looker(pipeline: pipeline, inotify: inotify)
        look(&looker, thoroughly: true, request: 0)
        var timing = LookTiming(lastLook: .now, rescan: rescanPeriod)
        while true {
            let events = try wait(until: timing.deadline(settled: looker.nextDeadline))
            heartbeats.wrappingAdd(1, ordering: .relaxed)
            let request = takeRequest()
            if request.isStopped { return }
            // A watch that ends is told by what ended it; the kernel's note that it did is no news.
            if events.contains(where: { !$0.kind.subtracting([.ignored, .directory]).isEmpty }) {
                timing.isChanged = true
            }
            let overflow = events.contains(where: \.isQueueOverflow) ? "the kernel's event queue overflowed" : nil
            let reason = overflow ?? request.rescan
            if let reason { pipeline.log(.rescanning(reason: reason)) }
            let isThorough = reason != nil || timing.isRescanDue(now: .now)
            guard isThorough || ContinuousClock.now >= timing.deadline(settled: looker.nextDeadline) else { continue }
            look(&looker, thoroughly: isThorough, request: request.count)
            timing.looked(at: .now, thoroughly: isThorough, rescan: rescanPeriod)
        }
    }

    private var rescanPeriod: Duration { pipeline.board.snapshot.configuration.rescan }

    private func takeRequest() -> Requests {
        requests.withLock { requests in
            defer { requests.rescan = nil }
            return requests
        }
    }

    private func look(_ looker: inout Looker, thoroughly: Bool, request: Int) {
        looker.look(thoroughly: thoroughly, request: request) { heartbeats.wrappingAdd(1, ordering: .relaxed) }
    }

    private func wait(until deadline: ContinuousClock.Instant) throws -> [InotifyEvent] {
        let milliseconds = max(0, (deadline - .now) / .milliseconds(1))
        let timeout = Int32(clamping: Int(milliseconds.rounded(.up)))
        guard let inotify else {
            HostProcess.pause(milliseconds: min(timeout, 1000))
            return []
        }
        return try inotify.wait(timeoutMilliseconds: timeout)
    }
}
