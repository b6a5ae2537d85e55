extension StatusReport.Activity {
    /// The phase in which all that is left is to bring the average to the disk.
    package static let flushing = "flushing"

    /// How much is read, from 0 to 1.
    package var fraction: Double {
        bytesTotal > 0 ? min(1, max(0, Double(bytesDone) / Double(bytesTotal))) : 0
    }

    /// Whether everything is read, and how long the rest takes is not known.
    package var isFlushing: Bool { phase == Self.flushing }

    /// What is being made: `averaging lawa step 500`.
    package var title: String { "averaging \(recipe) step \(step)" }

    /// How far it is: `42 % of 7.50 GiB, 1.20 GiB/s, 4.0 s left`, or that it is flushing.
    package var figures: String {
        if isFlushing { return "\(Readable.bytes(bytesDone)) read, flushing to disk" }
        let rate = bytesPerSecond.map { ", \(Readable.rate($0))" } ?? ""
        let left = secondsLeft.map { ", \(Readable.duration(seconds: $0)) left" } ?? ""
        return "\(Int(fraction * 100)) % of \(Readable.bytes(bytesTotal))\(rate)\(left)"
    }
}
