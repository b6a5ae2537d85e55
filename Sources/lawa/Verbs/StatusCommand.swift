import ArgumentParser
import ControlProtocol
import FoundationEssentials
import LinuxSystem

/// `lawa status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the daemon is doing: windows, averages, progress, problems.",
        discussion: """
            Without options every daemon is asked; one is shown in full, several as a list, with instances that are \
            configured and do not run, and daemons that you may not ask. Root sees those of all users.

            EXAMPLES
              lawa status
              lawa status --instance llama --json | jq .summary
            """
    )

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Print one JSON object, as the daemon sends it; of several, {\"daemons\": [...], ...}.")
    var json = false

    func run() async throws {
        let census = try await daemon.census()
        if census.count == 1, let daemon = census.running.first {
            if json { return try Console.answer(json: daemon.statusBody) }
            let text = StatusText(report: daemon.status, columns: Console.columns, now: Date.now)
            return try Console.answer(text.lines.joined(separator: "\n"))
        }
        let overview = DaemonOverview(census, userName: HostProcess.userName)
        if json {
            try Console.answer(json: overview)
        } else {
            try Console.answer(overview.lines(columns: Console.columns).joined(separator: "\n"))
        }
        guard census.running.isEmpty else { return }
        if census.unreachable.isEmpty { throw Failure(.unreachable, census.nobodyRuns) }
        throw Failure(.unreachable, "no daemon could be asked: \(census.unreachable[0].problem)")
    }
}
