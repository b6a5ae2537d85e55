import ArgumentParser
import SystemPackage

/// `lawa plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what would be averaged; reads headers only and writes nothing.",
        discussion: """
            With checkpoints: members, coefficients, tensors, bytes. Without: what the daemon does next and what it is \
            waiting for.

            EXAMPLES
              lawa plan runs/llama --last 3
              lawa plan --instance llama
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Checkpoints: directories or files; or the directory of one run.",
            valueName: "ckpt"
        ),
        completion: .file(),
        transform: PathArgument.parse
    )
    var checkpoints: [FilePath] = []

    @OptionGroup var window: WindowOptions
    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if checkpoints.isEmpty && window.isGiven {
            throw ValidationError(
                "--last, --include, --exclude, --model, --batch-norm and --quantized need checkpoints; name some, or leave them out"
            )
        }
        if !checkpoints.isEmpty && daemon.isGiven {
            throw ValidationError("checkpoints are planned without a daemon; leave out --socket and --instance")
        }
    }

    func run() async throws {
        if checkpoints.isEmpty { try await answerForDaemon() } else { try answerForCheckpoints() }
    }

    private func answerForCheckpoints() throws {
        let (plan, notes) = try MemberSelection(paths: checkpoints, window: window).plan()
        notes.forEach(Console.complain)
        let report = PlanReport(plan)
        if json { return try Console.answer(json: report) }
        try Console.answer(report.lines(columns: Console.columns).joined(separator: "\n"))
    }

    private func answerForDaemon() async throws {
        let report = DaemonPlan(try await daemon.daemon().status)
        if json { return try Console.answer(json: report) }
        try Console.answer(report.lines(columns: Console.columns).joined(separator: "\n"))
    }
}
