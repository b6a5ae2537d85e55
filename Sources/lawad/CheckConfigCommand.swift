import ArgumentParser
import DaemonCore

/// `lawad check-config FILE`.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Tell everything that is wrong with a configuration file."
    )

    @Argument(help: "The configuration file.")
    var file: String

    func run() async throws {
        await Failure.exits {
            try ConfigurationCheck(file: CommandLinePath.absolute(file)).run()
        }
    }
}
