import ArgumentParser
import ControlProtocol

/// `lawa reload`.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the daemon read its configuration file again, and tell the outcome.",
        discussion: """
            Returns once the new configuration is in effect. Where it has problems, all are told, the old one keeps working, \
            and the exit code is 78. `watch`, `output` and `control` need a restart of the daemon.

            Only root and the user that the daemon runs as may ask for it. `systemctl reload lawad@NAME` does the same.
            """
    )

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        let daemon = try await daemon.daemon()
        do {
            let report = try await daemon.client.ask(.reload, as: ReloadReport.self)
            try Console.answer("\(daemon.instance) reloaded \"\(report.reloaded)\"")
        } catch ControlClientError.refused(_, let report) where report.error.problems != nil {
            let problems = report.error.problems ?? []
            throw Failure(
                .configuration,
                "\(report.error.message); \(report.error.hint)",
                details: problems
            )
        }
    }
}
