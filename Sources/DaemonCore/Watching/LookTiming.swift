/// Decides when the watched directory is looked at next; pure.
struct LookTiming {
    /// Looks follow each other no closer than this, so that a burst of a thousand files is a handful of looks.
    static let spacing = Duration.milliseconds(100)

    /// Whether anything happened since the last look.
    var isChanged = false

    private var lastLook: ContinuousClock.Instant
    private var nextRescan: ContinuousClock.Instant

    /// Starts after a full look.
    init(lastLook: ContinuousClock.Instant, rescan: Duration) {
        self.lastLook = lastLook
        nextRescan = lastLook + rescan
    }

    /// When the next look is due; `settled` is when a checkpoint will have been quiet for long enough.
    func deadline(settled: ContinuousClock.Instant?) -> ContinuousClock.Instant {
        let soonest = lastLook + Self.spacing
        let wanted = isChanged ? soonest : min(settled ?? nextRescan, nextRescan)
        return max(wanted, soonest)
    }

    /// Whether the period of the full look is over.
    func isRescanDue(now: ContinuousClock.Instant) -> Bool {
        now >= nextRescan
    }

    /// Notes a look.
    mutating func looked(at now: ContinuousClock.Instant, thoroughly: Bool, rescan: Duration) {
        lastLook = now
        isChanged = false
        if thoroughly { nextRescan = now + rescan }
    }
}
