/// When the next list may be made for users other than root and the daemon's own; pure.
///
/// Whatever they ask for, making it takes a tenth of a core, and sending it is bounded as well: what is left is for
/// averages and for everybody else's questions.
struct ListPace: Sendable {
    /// Of the time that a list took, how often that is waited before the next one.
    static let share = 9
    /// Bytes of lists that are sent in a second.
    static let bytesPerSecond = 16 << 20
    /// Whatever a list has cost, a stop does not wait longer.
    static let longest = Duration.seconds(1)

    /// When the next one may be made.
    private(set) var next = ContinuousClock.now

    /// A list of so many bytes was made.
    mutating func made(_ byteCount: Int, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) {
        let sending = Duration.seconds(Double(byteCount) / Double(Self.bytesPerSecond))
        next = end + min(Self.longest, max((end - start) * Self.share, sending))
    }
}
