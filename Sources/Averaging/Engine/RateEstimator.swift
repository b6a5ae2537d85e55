/// How fast a count grows now: its mean rate over the last ten seconds, or since the beginning while that is less.
///
/// A limit or a stalled disk shows within seconds, and a burst of the page cache does not make the figure jump. It is
/// fed by whoever asks, as rarely or as often as they like; a count that nobody has asked for in a while is told over
/// that while.
struct RateEstimator {
    /// How far back the rate reaches, in seconds.
    static let window = 10.0
    /// No rate is told over less than this, in seconds: what is measured then is how the work begins.
    static let shortest = 0.5

    /// What is kept of the past is at least this far apart, in seconds, so that it is bounded.
    private static let spacing = 0.5

    private struct Sample {
        let seconds: Double
        let count: Int
    }

    private var past = [Sample(seconds: 0, count: 0)]
    private var latest = Sample(seconds: 0, count: 0)

    /// Takes in how large the count is, so many seconds after the beginning; what comes late is passed over.
    mutating func observe(count: Int, seconds: Double) {
        guard seconds > latest.seconds else { return }
        latest = Sample(seconds: seconds, count: count)
        if let last = past.last, seconds - last.seconds >= Self.spacing { past.append(latest) }
        while past.count > 1, past[1].seconds <= seconds - Self.window { past.removeFirst() }
    }

    /// The rate per second; nil before anything has happened, or too soon after the beginning.
    var perSecond: Double? {
        guard latest.count > 0, let base = past.first, latest.seconds - base.seconds >= Self.shortest else {
            return nil
        }
        return Double(latest.count - base.count) / (latest.seconds - base.seconds)
    }
}
