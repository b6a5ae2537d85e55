import ControlProtocol
import FoundationEssentials
import LinuxSystem
import Text

/// One screenful about a watched daemon.
struct WatchFrame {
    /// An answer, and when it came.
    struct Answer {
        let status: StatusReport
        let time: Date
    }

    /// The last answer.
    let answer: Answer
    /// Why there has been none since; nil where there was.
    let lost: String?
    let now: Date

    /// The lines, cut to the screen: never more than its rows, and each leaves the last column empty.
    func lines(size: TerminalSize) -> [String] {
        let room = max(1, size.columns - 1)
        var status = StatusText(report: answer.status, columns: room, now: now)
        // A bar that does not move is none.
        status.showsBar = lost == nil
        let all = (notice(columns: room) + status.lines).map { String($0.visibleLine.prefix(room)) }
        guard all.count > size.rows else { return all }
        let shown = max(0, size.rows - 1)
        return all.prefix(shown) + [String("... \(all.count - shown) more lines".prefix(room))]
    }

    private func notice(columns: Int) -> [String] {
        guard let lost else { return [] }
        let age = Readable.duration(seconds: now.timeIntervalSince(answer.time).rounded())
        return TextWrapping.lines("\(lost); trying again", columns: columns)
            + ["", "Its last answer, \(age) ago:"]
    }
}
