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
    /// Looks follow each other no closer than this, so that a burst of a thousand files is a handful of looks.
    private static let spacing = Duration.milliseconds(100)

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
        var looker = Looker(pipeline: pipeline, inotify: inotify)
        if let inotifyProblem { pipeline.log(.eventsUnavailable(problem: inotifyProblem)) }
        var lastLook = look(&looker, thoroughly: true, request: 0)
        var nextRescan = lastLook + pipeline.board.snapshot.configuration.rescan
        var isChanged = false
        while true {
            let deadline = Self.deadline(
                isChanged: isChanged,
                lastLook: lastLook,
                settled: looker.nextDeadline,
                rescan: nextRescan
            )
            let events = try wait(until: deadline)
            heartbeats.wrappingAdd(1, ordering: .relaxed)
            let request = requests.withLock { requests in
                defer { requests.rescan = nil }
                return requests
            }
            if request.isStopped { return }
            isChanged = isChanged || events.contains { !$0.kind.subtracting([.ignored, .directory]).isEmpty }
            let overflow = events.contains(where: \.isQueueOverflow) ? "the kernel's event queue overflowed" : nil
            if let reason = overflow ?? request.rescan { pipeline.log(.rescanning(reason: reason)) }
            let isThorough = overflow != nil || request.rescan != nil || .now >= nextRescan
            let dueDeadline = Self.deadline(
                isChanged: isChanged,
                lastLook: lastLook,
                settled: looker.nextDeadline,
                rescan: nextRescan
            )
            guard isThorough || ContinuousClock.now >= dueDeadline else { continue }
            lastLook = look(&looker, thoroughly: isThorough, request: request.count)
            if isThorough { nextRescan = lastLook + pipeline.board.snapshot.configuration.rescan }
            isChanged = false
        }
    }

    /// When the next look is due.
    static func deadline(
        isChanged: Bool,
        lastLook: ContinuousClock.Instant,
        settled: ContinuousClock.Instant?,
        rescan: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        let soonest = lastLook + spacing
        let wanted = isChanged ? soonest : min(settled ?? rescan, rescan)
        return max(wanted, soonest)
    }

    private func look(_ looker: inout Looker, thoroughly: Bool, request: Int) -> ContinuousClock.Instant {
        looker.look(thoroughly: thoroughly, request: request) { heartbeats.wrappingAdd(1, ordering: .relaxed) }
        return .now
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
