import ControlProtocol

/// A daemon's statuses as JSON, an object a line: one for each change.
struct WatchObjects {
    private var told: StatusReport?

    /// The line that an answer gives after the ones before it; nil where nothing has changed but the time.
    mutating func line(for status: StatusReport, body: [UInt8]) -> [UInt8]? {
        let news = Self.timeless(status)
        guard news != told else { return nil }
        told = news
        return Self.line(body)
    }

    private static func timeless(_ status: StatusReport) -> StatusReport {
        var status = status
        status.uptimeSeconds = 0
        status.residentBytes = nil
        guard status.activity != nil else { return status }
        status.summary = ""
        status.activity?.seconds = 0
        status.activity?.bytesPerSecond = nil
        status.activity?.secondsLeft = nil
        return status
    }

    /// An object on one line: strings of JSON hold no line feeds, so every one of them is layout.
    private static func line(_ body: [UInt8]) -> [UInt8] {
        let lines = body.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        return Array(lines.map { $0.drop { $0 == UInt8(ascii: " ") } }.joined())
    }
}
