import ArgumentParser
import LinuxSystem
import SystemPackage

/// `lawa inspect`.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a checkpoint, an average or the directory of a run holds; reads headers only.",
        discussion: """
            Of a checkpoint: format, layout, step, files, where in them the model is and why there, tensors, and which \
            of them an average would compute and which it would copy. Of an average: its members as well. Of a run: its checkpoints and whether they \
            are whole.

            EXAMPLES
              lawa inspect runs/llama
              lawa inspect runs/llama/checkpoint-500 | head -20
              lawa inspect --json avg.safetensors | jq .average.members
            """
    )

    @Argument(
        help: "A checkpoint, an average, or the directory of a run.",
        completion: .file(),
        transform: PathArgument.parse
    )
    var path: FilePath

    @Option(
        help: ArgumentHelp(
            "Take the model from here in a file of torch.save that holds more; may be repeated for its parts.",
            valueName: "keys"
        )
    )
    var model: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let path = Self.resolved(HostProcess.absolute(path))
        let model = model.isEmpty ? nil : model
        if let run = try RunInspection(path, model: model) {
            if json { return try Console.answer(json: run) }
            return try Console.answer(run.lines(columns: Console.columns).joined(separator: "\n"))
        }
        let checkpoint = try CheckpointInspection(path, model: model)
        if json { return try Console.answer(json: checkpoint) }
        try Console.answer(checkpoint.lines(columns: Console.columns).joined(separator: "\n"))
    }

    /// What a link such as `latest` points to: the name and the manifest beside it tell of the average.
    private static func resolved(_ path: FilePath) -> FilePath {
        guard let target = try? SymbolicLink.target(of: path) else { return path }
        return HostProcess.absolute(path.removingLastComponent().pushing(target))
    }
}
