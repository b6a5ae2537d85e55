import ArgumentParser
import ControlProtocol
import FoundationEssentials

/// `lawa status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the daemon is doing: windows, averages, progress, problems.",
        discussion: """
            Without options every running daemon is asked; one is shown in full, several as a list.

            EXAMPLES
              lawa status
              lawa status --instance llama --json | jq .summary
            """
    )

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Print one JSON object, as the daemon sends it; of several daemons, {\"daemons\": [...]}.")
    var json = false

    func run() async throws {
        let daemons = try await daemon.daemons()
        if daemons.count == 1 {
            if json { return try Console.answer(json: daemons[0].statusBody) }
            let text = StatusText(report: daemons[0].status, columns: Console.columns, now: Date.now)
            return try Console.answer(text.lines.joined(separator: "\n"))
        }
        let overview = DaemonOverview(daemons: daemons.map(\.status))
        if json { return try Console.answer(json: overview) }
        try Console.answer(overview.lines(columns: Console.columns).joined(separator: "\n"))
    }
}
