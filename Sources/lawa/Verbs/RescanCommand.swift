import ArgumentParser
import ControlProtocol

/// `lawa rescan`.
struct RescanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescan",
        abstract: "Ask the daemon to look at the watched directory now.",
        discussion: "Only root and the user that the daemon runs as may ask for it."
    )

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        let daemon = try await daemon.daemon()
        _ = try await daemon.client.ask(.rescan, as: AcceptedReport.self)
        try Console.answer("\(daemon.instance) looks at \"\(daemon.status.watch.path)\" again")
    }
}
