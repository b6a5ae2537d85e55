import ControlProtocol

/// A checkpoint of the daemon in words.
struct CheckpointText {
    let checkpoint: CheckpointReport

    /// `in the window, 1.2 GiB, pinned`, and why, where there is a reason.
    var state: String {
        var facts = [standing]
        if let bytes = checkpoint.bytes { facts.append(Readable.bytes(bytes)) }
        if let pin { facts.append(pin) }
        return facts.joined(separator: ", ") + (checkpoint.reason.map { ": \($0)" } ?? "")
    }

    /// Whether it is pinned, and whether the pin is all that is left.
    var pin: String? {
        if checkpoint.pinOnly { return "pin only" }
        return checkpoint.pinned ? "pinned" : nil
    }

    private var standing: String {
        switch checkpoint.state {
        case .window: "in the window"
        case .complete: "complete"
        case .incomplete: "incomplete"
        case .excluded: "excluded"
        case .older: "older than the window"
        }
    }
}
