import ControlProtocol

/// What is told of a daemon where there is no screen: a line for each change, none for what merely goes on.
struct WatchLines {
    /// What makes two answers the same.
    private enum Told: Equatable {
        case state(String)
        case progress(title: String, tenth: Int, isFlushing: Bool, rest: String)
        case lost(String)
    }

    private var told: Told?
    private var process: Int?

    /// The lines that a sight gives after the ones before it; most give none.
    mutating func lines(for sight: WatchSight) -> [String] {
        switch sight {
        case .lost(let reason):
            return note(.lost(reason)) ? ["\(reason); trying again"] : []
        case .answered(let status, _):
            var lines: [String] = []
            if status.pid != process {
                process = status.pid
                told = nil
                lines.append("\(status.program) \(status.version), \(status.instance), pid \(status.pid)")
            }
            if note(Self.told(status)) { lines.append(Self.line(status)) }
            return lines
        }
    }

    private mutating func note(_ news: Told) -> Bool {
        defer { told = news }
        return told != news
    }

    private static func told(_ status: StatusReport) -> Told {
        guard let activity = status.activity else { return .state(line(status)) }
        return .progress(
            title: activity.title,
            tenth: Int(activity.fraction * 10),
            isFlushing: activity.isFlushing,
            rest: rest(status)
        )
    }

    private static func line(_ status: StatusReport) -> String {
        status.summary + rest(status)
    }

    /// What the summary leaves out.
    private static func rest(_ status: StatusReport) -> String {
        let newest = status.newest.map { "; newest checkpoint \($0.name) (\($0.state.rawValue))" } ?? ""
        return newest + status.problems.filter { $0 != status.summary }.map { "; \($0)" }.joined()
    }
}
