/// How far a pass is, at one moment.
package struct AveragingProgress: Sendable, Equatable {
    /// What a pass is doing.
    package enum Phase: String, Sendable {
        /// It reads the members, averages and writes.
        case reading
        /// Everything is read; the average is brought to the disk, for a time that nobody can foretell.
        case flushing
    }

    /// What the pass is doing.
    package let phase: Phase
    /// Bytes of the members that have been read.
    package let bytesDone: Int
    /// Bytes of the members that the pass reads in all; 0 before it has begun.
    package let bytesTotal: Int
    /// Seconds since the pass began.
    package let seconds: Double
    /// The recent rate of reading; nil while none can be told.
    package let bytesPerSecond: Double?

    /// Seconds until everything is read, at the recent rate; nil while that is not known.
    package var secondsLeft: Double? {
        guard phase == .reading, let bytesPerSecond, bytesPerSecond > 0 else { return nil }
        return Double(bytesTotal - bytesDone) / bytesPerSecond
    }

    /// How much has been read, from 0 to 1.
    package var fraction: Double {
        bytesTotal > 0 ? Double(bytesDone) / Double(bytesTotal) : 0
    }
}
