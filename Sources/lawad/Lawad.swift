import ArgumentParser
import DaemonCore

/// The daemon's command line: parse, load, hand over.
@main
struct Lawad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lawad",
        abstract: "Averages the latest checkpoints of a training run while it runs.",
        discussion: """
            Watches the directory in which a trainer saves and publishes, each time a checkpoint is complete, the \
            average of the latest ones (LAWA) beside it.

              lawad --watch runs/vit                       averages go to runs/vit.lawa/lawa/
              lawad --config /etc/lawa/vit.json            as the systemd unit does
              lawad --watch runs/vit --once                handle what is there, then exit
            """,
        version: Program.version,
        subcommands: [RunCommand.self, CheckConfigCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
