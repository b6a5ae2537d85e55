import ControlProtocol
import FoundationEssentials
import LinuxSystem
import Text

/// Where a watched daemon is shown.
protocol WatchDisplay: Sendable {
    /// Shows what was seen.
    mutating func show(_ sight: WatchSight, now: Date) throws
    /// Leaves standard output to what comes after.
    func close()
}

/// A terminal's screen, drawn anew at each sight and in the size that it has then.
struct ScreenDisplay: WatchDisplay {
    private var answer: WatchFrame.Answer?

    mutating func show(_ sight: WatchSight, now: Date) throws {
        let size = Console.screen ?? TerminalSize(columns: 80, rows: 24)
        let prefix = answer == nil ? Screen.scrolledAway(rows: size.rows) : ""
        var reason: String?
        switch sight {
        case .answered(let status, _): answer = WatchFrame.Answer(status: status, time: now)
        case .lost(let lost): reason = lost
        }
        guard let answer else { return }
        let frame = WatchFrame(answer: answer, lost: reason, now: now)
        try Console.show(prefix + Screen.frame(frame.lines(size: size)))
    }

    func close() {
        // Where the terminal has gone there is nothing to leave in order.
        try? Console.show("\r\n")
    }
}

/// Lines of text with the time, for pipes and files.
struct LinesDisplay: WatchDisplay {
    private var lines = WatchLines()

    mutating func show(_ sight: WatchSight, now: Date) throws {
        for line in lines.lines(for: sight) { try Console.answer("\(now.formatted(.iso8601)) \(line.visibleLine)") }
    }

    func close() {}
}

/// Lines of JSON; that the daemon does not answer is none of its statuses and goes to standard error.
struct ObjectsDisplay: WatchDisplay {
    private var objects = WatchObjects()
    private var lost: String?

    mutating func show(_ sight: WatchSight, now: Date) throws {
        switch sight {
        case .lost(let reason):
            if reason != lost { Console.complain("\(reason); trying again") }
            lost = reason
        case .answered(let status, let body):
            lost = nil
            if let line = objects.line(for: status, body: body) { try Console.answer(json: line) }
        }
    }

    func close() {}
}
