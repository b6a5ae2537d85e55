/// How long the files of a candidate must have been quiet before it counts.
struct QuietRule: Equatable {
    /// The time without a change.
    let settle: Duration
    /// Whether files' times are told by this machine's clock, so that a candidate that was written long ago need not be
    /// watched for as long once more.
    ///
    /// Another machine's clock may be wrong, and a file server's answers are old: there only two equal looks count.
    let trustsTimes: Bool

    /// The instant from which a candidate that is seen for the first time in this version counts as quiet.
    ///
    /// A time in the future is no evidence.
    func deadline(modified: Int64, seenAt now: Moment) -> ContinuousClock.Instant {
        guard trustsTimes, let age = now.age(ofRealtime: modified) else { return now.instant + settle }
        return now.instant + max(.zero, settle - age)
    }
}
