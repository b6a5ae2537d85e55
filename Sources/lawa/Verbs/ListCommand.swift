import ArgumentParser
import ControlProtocol

/// `lawa list`.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the checkpoints that the daemon has seen and the averages that it has written.",
        discussion: """
            A checkpoint is in the window, complete, incomplete, excluded (both with a reason) or older than any window.

            EXAMPLES
              lawa list
              lawa list --json | jq -r '.averages[] | select(.latest) | .path'
            """
    )

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Print one JSON object: {\"checkpoints\": [...], \"averages\": [...]}.")
    var json = false

    func run() async throws {
        let client = try await daemon.daemon().client
        let checkpoints = try await ListedPages(client, .checkpoints, CheckpointsReport.self) {
            ($0.checkpoints, $0.next, $0.total)
        }
        let averages = try await ListedPages(client, .averages, AveragesReport.self) {
            ($0.averages, $0.next, $0.total)
        }
        let list = DaemonList(
            checkpoints: checkpoints.entries,
            averages: averages.entries,
            checkpointsLeftOut: checkpoints.leftOut,
            averagesLeftOut: averages.leftOut
        )
        if json { return try Console.answer(json: list) }
        try Console.answer(list.lines(columns: Console.columns).joined(separator: "\n"))
    }
}
