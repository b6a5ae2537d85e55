import ControlProtocol

/// What outlives the trainer's rotation, in words.
struct PinsText {
    let pins: StatusReport.Pins

    /// `3 checkpoints by hard link, 1.2 GiB held by pins alone (at most 100 GiB)`.
    var line: String {
        let way = means.map { " by \($0)" } ?? ""
        let limit = pins.limit.map { " (at most \(Readable.bytes($0)))" } ?? ""
        return "\(Plural.checkpoints(pins.count))\(way), \(Readable.bytes(pins.bytes)) held by pins alone\(limit)"
    }

    private var means: String? {
        switch pins.means {
        case "hardlink": "hard link"
        case let other: other
        }
    }
}
