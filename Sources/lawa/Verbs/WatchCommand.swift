import ArgumentParser
import LinuxSystem
import UnixSignals

/// `lawa watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show what the daemon is doing, live, with a progress bar while it averages.",
        discussion: """
            On a terminal the screen is drawn anew; elsewhere each change gives a line. A daemon that is restarted is \
            waited for. Ctrl-C ends it.

            EXAMPLES
              lawa watch
              lawa watch --instance llama | tee run.log
              lawa watch --json | jq --unbuffered .summary
            """
    )

    @OptionGroup var daemon: DaemonOptions

    @Option(
        help: ArgumentHelp(
            "Seconds between two looks, 0.1 to 60.",
            discussion: "While an average is made there are at least four a second.",
            valueName: "seconds"
        )
    )
    var interval = 1.0

    @Flag(help: "Print the status as the daemon sends it, one JSON object a line, at each change.")
    var json = false

    func validate() throws {
        guard (0.1...60).contains(interval) else {
            throw ValidationError("--interval \(interval) is not possible; give 0.1 to 60 seconds")
        }
    }

    func run() async throws {
        let loop = WatchLoop(daemon: try await daemon.daemon(), interval: .seconds(interval), display: display)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        // Ends the process itself: what the loop waits for, a reader of a full pipe perhaps, may never come.
        let listener = Task {
            for await signal in signals {
                loop.display.close()
                let status: Failure.Status = signal == .sigint ? .interrupted : .terminated
                HostProcess.exit(status.rawValue)
            }
        }
        defer { listener.cancel() }
        try await loop.run()
    }

    private var display: any WatchDisplay {
        if json { return ObjectsDisplay() }
        return Console.screen == nil ? LinesDisplay() : ScreenDisplay()
    }
}
