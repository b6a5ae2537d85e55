import ArgumentParser
import DaemonCore
import SystemPackage

/// `lawad run`, which is also what `lawad` alone does.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch a directory (the default)."
    )

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Directory in which the trainer saves.", valueName: "dir"))
    var watch: String?

    @Option(
        name: .customLong("k"),
        help: ArgumentHelp("How many of the latest checkpoints are averaged.", valueName: "count")
    )
    var windowSize: Int?

    @Option(help: ArgumentHelp("Where averages go (default: <watch>.lawa).", valueName: "dir"))
    var output: String?

    @Option(help: ArgumentHelp("Control socket.", valueName: "path"))
    var socket: String?

    @Flag(help: "Handle what is there, then exit.")
    var once = false

    @Flag(help: "Say what would be averaged, write nothing, then exit.")
    var dryRun = false

    func validate() throws {
        if let windowSize, !(1...1000).contains(windowSize) {
            throw ValidationError("--k \(windowSize) is not allowed; give a number from 1 to 1000.")
        }
        for (name, value) in [("--watch", watch), ("--output", output), ("--socket", socket), ("--config", config)] {
            if value?.isEmpty == true { throw ValidationError("\(name) is empty; give a path.") }
        }
    }

    func run() async throws {
        // Not among the validations, which come before a mistyped flag is told.
        guard config != nil || watch != nil else {
            throw ValidationError("Give --watch DIR, or --config FILE.")
        }
        let overrides = ConfigurationOverrides(
            watch: watch.map(CommandLinePath.absolute),
            windowSize: windowSize,
            output: output.map(CommandLinePath.absolute),
            socket: socket.map(CommandLinePath.absolute)
        )
        let file = config.map(CommandLinePath.absolute)
        await Failure.exits(instance: file?.stem) {
            if dryRun {
                try DryRun(file: file, overrides: overrides).run()
            } else {
                try await Daemon(file: file, overrides: overrides, mode: once ? .once : .watch).run()
            }
        }
    }
}
