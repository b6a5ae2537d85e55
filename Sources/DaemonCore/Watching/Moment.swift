import LinuxSystem

/// One moment by the clock that only runs forward and by that of the wall, against which files' times are held.
struct Moment: Sendable {
    /// The clock for waiting.
    let instant: ContinuousClock.Instant
    /// Nanoseconds since 1970.
    let realtime: Int64

    /// The present moment.
    static var now: Moment {
        Moment(instant: .now, realtime: HostProcess.realtimeNanoseconds)
    }

    /// How long ago a time of the wall clock was; nil for a time in the future, or one that no clock can show.
    func age(ofRealtime time: Int64) -> Duration? {
        let (age, isOverflow) = realtime.subtractingReportingOverflow(time)
        return isOverflow || age < 0 ? nil : .nanoseconds(age)
    }
}
