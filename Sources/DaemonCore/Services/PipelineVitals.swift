import Averaging

/// Decides whether the pipeline still makes progress; pure.
struct PipelineVitals {
    /// What a running average shows of itself.
    struct Pulse: Equatable {
        /// See `AveragingControl.beats`.
        let beats: Int
        /// What it is doing.
        let phase: AveragingProgress.Phase
    }

    /// A flush of many gigabytes to a slow disk is a single request: it may take this many times as long as others.
    static let flushAllowance = 3

    /// How long a look or an average may stand still.
    private let patience: Duration
    private var lastAnswer: ContinuousClock.Instant
    private var lastBeat: ContinuousClock.Instant
    private var pulse: Pulse?

    /// Begins to observe; `interval` is the supervisor's limit, WATCHDOG_USEC.
    init(interval: Duration, now: ContinuousClock.Instant) {
        patience = interval
        lastAnswer = now
        lastBeat = now
    }

    /// Takes in one observation and tells whether the pipeline counts as alive.
    ///
    /// - Parameters:
    ///   - watchingAnswered: whether the watching thread moved since it was poked.
    ///   - pulse: that of the running average, nil where there is none.
    mutating func observe(watchingAnswered: Bool, pulse: Pulse?, now: ContinuousClock.Instant) -> Bool {
        if watchingAnswered { lastAnswer = now }
        if pulse == nil || pulse != self.pulse { lastBeat = now }
        self.pulse = pulse
        let limit = pulse?.phase == .flushing ? patience * Self.flushAllowance : patience
        return now - lastAnswer < patience && now - lastBeat < limit
    }
}
