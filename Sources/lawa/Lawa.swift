import ArgumentParser
import Averaging

/// The tool for people: asks a running daemon, and averages checkpoints by hand.
@main
struct Lawa: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lawa",
        abstract: "Average the latest checkpoints of a training run, and ask lawad what it is doing.",
        discussion: """
            EXAMPLES
              lawa setup /data/runs/llama             a service that watches a run
              lawa status                             what the daemon is doing
              lawa watch                              the same, live
              lawa average runs/llama --output avg    the five newest of a run
              lawa average a.safetensors b.safetensors --output avg.safetensors
              lawa plan runs/llama --last 3           what would be averaged
              lawa inspect avg                        what an average holds

            EXIT CODES
              0   done
              1   it failed
              3   the daemon cannot be reached
              64  wrong usage
              65  bad input data
              71  the system's limits for the process are too small
              73  the output cannot be written
              75  not yet: a checkpoint is incomplete
              78  the daemon's configuration is wrong
              130, 143  stopped by SIGINT, SIGTERM; nothing is left behind
            """,
        version: LawaVersion.current,
        subcommands: [
            SetupCommand.self, StatusCommand.self, WatchCommand.self, ListCommand.self, AverageCommand.self,
            PlanCommand.self, InspectCommand.self, RescanCommand.self, ReloadCommand.self,
        ]
    )

    /// Parses, runs the verb, and ends the process with the exit code of what happened.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var verb = command as? any AsyncParsableCommand {
                try await verb.run()
            } else {
                try command.run()
            }
        } catch {
            end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        // Who has closed the pipe wants no more, and no complaint either.
        if Console.isBrokenPipe(error) { exit() }
        let code = exitCode(for: error)
        if code.isSuccess { exit(withError: error) }
        if code == .validationFailure {
            Console.complain(UsageText(parserMessage: fullMessage(for: error)))
            exit(withError: code)
        }
        let failure = Failure(error)
        Console.complain(failure)
        exit(withError: ExitCode(failure.status.rawValue))
    }
}
