/// Decides whether the pipeline still makes progress; pure.
struct PipelineVitals {
    /// A flush of many gigabytes to a slow disk moves nothing that can be seen for minutes.
    static let longestStall = Duration.seconds(15 * 60)

    private var lastMove: ContinuousClock.Instant
    private var fraction: Double?

    init(now: ContinuousClock.Instant) {
        lastMove = now
    }

    /// Takes in one observation and tells whether the pipeline counts as alive.
    ///
    /// - Parameters:
    ///   - watchingAnswered: whether the watching thread moved since it was poked.
    ///   - fraction: how far the running average is, nil where there is none.
    mutating func observe(watchingAnswered: Bool, fraction: Double?, now: ContinuousClock.Instant) -> Bool {
        if fraction == nil || fraction != self.fraction { lastMove = now }
        self.fraction = fraction
        return watchingAnswered && now - lastMove < Self.longestStall
    }
}
