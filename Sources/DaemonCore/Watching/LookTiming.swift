/// Decides when the watched directory is looked at next; pure.
struct LookTiming {
    /// Looks follow each other no closer than this.
    static let spacing = Duration.milliseconds(100)
    /// A look waits until nothing has happened for this long, so that a burst of a thousand files is one look.
    static let lull = Duration.milliseconds(20)
    /// A burst that goes on is looked at nevertheless.
    static let longestBurst = Duration.milliseconds(300)

    /// When the first and the last thing happened since the last look, if anything did.
    private var burst: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)?
    private var lastLook: ContinuousClock.Instant
    private var nextRescan: ContinuousClock.Instant

    /// Starts after a full look.
    init(lastLook: ContinuousClock.Instant, rescan: Duration) {
        self.lastLook = lastLook
        nextRescan = lastLook + rescan
    }

    /// Whether anything happened since the last look.
    var isChanged: Bool { burst != nil }

    /// Notes that something happened.
    mutating func happened(at now: ContinuousClock.Instant) {
        burst = (burst?.first ?? now, now)
    }

    /// When the next look is due; `settled` is when a checkpoint will have been quiet for long enough.
    func deadline(settled: ContinuousClock.Instant?) -> ContinuousClock.Instant {
        let changed = burst.map { min($0.last + Self.lull, $0.first + Self.longestBurst) }
        let wanted = [changed, settled, nextRescan].compactMap(\.self).min() ?? nextRescan
        return max(wanted, lastLook + Self.spacing)
    }

    /// Whether the period of the full look is over.
    func isRescanDue(now: ContinuousClock.Instant) -> Bool {
        now >= nextRescan
    }

    /// Notes a look.
    mutating func looked(at now: ContinuousClock.Instant, thoroughly: Bool, rescan: Duration) {
        lastLook = now
        burst = nil
        nextRescan = thoroughly ? now + rescan : min(nextRescan, now + rescan)
    }
}
