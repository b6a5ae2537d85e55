import ArgumentParser
import Averaging
import SystemPackage

/// `lawa average`.
struct AverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average",
        abstract: "Average checkpoints by hand; no daemon is needed.",
        discussion: """
            The output is a copy of the newest checkpoint with its floats replaced by their means, ready to be loaded; \
            optimizer and other trainer state in files of its own is left out, inside a file of torch.save it stays as \
            the newest has it. The inputs are only read, and no code in them is run. Members are ordered by the step \
            that their names or contents tell, else they are taken in the order given, oldest first.

            EXAMPLES
              lawa average runs/llama --output avg    the five newest of a run
              lawa average runs/llama --last 10 --output avg
              lawa average checkpoint-100 checkpoint-200 --output avg
              lawa average step_*.safetensors --output avg.safetensors
              lawa average ckpt_*.pt --output avg.pt
              lawa average epoch=*.ckpt --format safetensors --output avg.safetensors
              lawa average runs/llama --exclude '*norm*' --output avg
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
    var checkpoints: [FilePath]

    @Option(
        help: ArgumentHelp(
            "Where the average goes. Nothing may be there yet; for files, a directory is where it goes into.",
            valueName: "path"
        ),
        completion: .file(),
        transform: PathArgument.parse
    )
    var output: FilePath

    @OptionGroup var window: WindowOptions

    @Option(
        help: ArgumentHelp(
            "Write the newest's own format, or the model's tensors alone as safetensors.",
            discussion: "Without it: safetensors where the output is named so, else the same."
        )
    )
    var format: OutputFormat?

    @OptionGroup var limits: LimitOptions

    @Flag(help: "Show no progress and print nothing when done.")
    var quiet = false

    @Flag(help: "Print one JSON object when done: the manifest, and the path of the average.")
    var json = false

    func validate() throws {
        guard !(quiet && json) else { throw ValidationError("--quiet and --json exclude each other; give one of them") }
    }

    func run() async throws {
        let (plan, notes) = try MemberSelection(paths: checkpoints, window: window).plan()
        let format = format ?? (output.extension == "safetensors" ? .safetensors : .same)
        let destination = try Destination(output, newest: plan.newest, format: format)
        for note in notes where !quiet { Console.complain(note) }
        let job = AverageJob(
            plan: plan,
            destination: destination,
            format: format,
            limits: limits.limits,
            showsProgress: !quiet
        )
        let finished = FinishedAverage(path: destination.path, manifest: try await job.run())
        if json {
            try Console.answer(json: finished)
        } else if !quiet {
            try Console.answer(finished.lines)
        }
    }
}

extension OutputFormat: ExpressibleByArgument {}
