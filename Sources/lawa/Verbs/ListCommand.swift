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
        let checkpoints = try await client.ask(.checkpoints, as: CheckpointsReport.self)
        let averages = try await client.ask(.averages, as: AveragesReport.self)
        let list = DaemonList(
            checkpoints: checkpoints.checkpoints,
            averages: averages.averages,
            checkpointsLeftOut: checkpoints.next.flatMap { next in checkpoints.total.map { $0 - next } },
            averagesLeftOut: averages.next.flatMap { next in averages.total.map { $0 - next } }
        )
        if json { return try Console.answer(json: list) }
        try Console.answer(list.lines(columns: Console.columns).joined(separator: "\n"))
    }
}
