import Synchronization

/// The strings attached to a running average: how far it is, and the wish to stop it.
package final class AveragingControl: Sendable {
    private struct Pass {
        var began: ContinuousClock.Instant?
        var isFlushing = false
        var rate = RateEstimator()
    }

    private let cancelled = Atomic(false)
    private let bytesDone = Atomic(0)
    private let bytesTotal = Atomic(0)
    private let beatCount = Atomic(0)
    private let pass = Mutex(Pass())

    package init() {}

    /// Asks the pass to stop at the next block, within milliseconds.
    package func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// Whether somebody asked for a stop.
    package var isCancelled: Bool {
        cancelled.load(ordering: .relaxed)
    }

    /// A number that grows with every request that the system has carried out, and while a rate is kept to: it tells a
    /// slow disk from one that does not answer.
    package var beats: Int { beatCount.load(ordering: .relaxed) }

    /// How far the pass is.
    package var progress: AveragingProgress { progress(at: .now) }

    /// How far the pass is at a time that does not lie before the last one asked for.
    package func progress(at now: ContinuousClock.Instant) -> AveragingProgress {
        pass.withLock { pass in
            let total = bytesTotal.load(ordering: .relaxed)
            let done = min(bytesDone.load(ordering: .relaxed), total)
            let seconds = pass.began.map { max(0, (now - $0) / .seconds(1)) } ?? 0
            pass.rate.observe(count: done, seconds: seconds)
            return AveragingProgress(
                phase: pass.isFlushing ? .flushing : .reading,
                bytesDone: done,
                bytesTotal: total,
                seconds: seconds,
                bytesPerSecond: pass.isFlushing ? nil : pass.rate.perSecond
            )
        }
    }

    /// Begins a pass that reads this many bytes, or tells beforehand how many it will read.
    package func begin(byteCount: Int) {
        begin(byteCount: byteCount, at: .now)
    }

    func begin(byteCount: Int, at now: ContinuousClock.Instant) {
        pass.withLock { pass in
            pass = Pass(began: now)
            bytesDone.store(0, ordering: .relaxed)
            bytesTotal.store(byteCount, ordering: .relaxed)
        }
    }

    /// Notes that so many more bytes have been read.
    func advance(by byteCount: Int) {
        bytesDone.wrappingAdd(byteCount, ordering: .relaxed)
        beat()
    }

    /// Notes that the pass moves, although nothing more may have been read.
    func beat() {
        beatCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// Notes that everything is read and the average is being brought to the disk.
    func flush() {
        pass.withLock { $0.isFlushing = true }
    }
}
