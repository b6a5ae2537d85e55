import ArgumentParser
import SystemPackage

/// `DemoTrainer train`: trains and saves.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train with a high, constant learning rate and save checkpoints."
    )

    @Option(help: "Directory for checkpoint-<step> directories; made when missing.")
    var output: String

    @Option(help: "What to train: \(ModelChoice.allCases.map(\.rawValue).joined(separator: " or ")).")
    var model = ModelChoice.mlp

    @Option(help: "Optimizer steps of the whole run.")
    var steps: Int?

    @Option(help: "Optimizer steps between checkpoints.")
    var saveEvery: Int?

    @Option(help: "Least seconds between two checkpoints, so that the run can be watched.")
    var interval = 0.0

    @Option(help: "Checkpoints to keep, like save_total_limit; 0 keeps all.")
    var keep = 0

    @Option(help: "Seed of the initial weights and of the batches.")
    var seed: UInt64 = 1

    @Option(help: "Constant learning rate.")
    var learningRate: Float?

    @Option(help: "Stored type of the weights: f32 or bf16.")
    var dtype = StoredElement.f32

    mutating func validate() throws {
        guard (steps ?? 1) > 0, (saveEvery ?? 1) > 0 else {
            throw ValidationError("--steps and --save-every must be 1 or more")
        }
        guard keep >= 0, (0...3600).contains(interval) else {
            throw ValidationError("--keep must be 0 or more, --interval 0 to 3600 seconds")
        }
        guard (learningRate ?? 1) > 0, (learningRate ?? 1).isFinite else {
            throw ValidationError("--learning-rate must be a finite number above 0")
        }
    }

    func run() async throws {
        let learningRate = learningRate ?? model.learningRate
        guard var run = TrainingRun(model: model, learningRate: learningRate, seed: seed) else {
            throw DemoError("cannot make a network of widths \(model.widths)")
        }
        var writer = CheckpointWriter(
            output: FilePath(output),
            configuration: ModelConfiguration(
                widths: model.widths,
                dtype: dtype.configurationName,
                task: model.task
            ),
            element: dtype,
            keep: keep
        )
        try Self.say("\(model.rawValue), \(run.student.parameters.count) parameters, learning rate \(learningRate)")
        try await train(&run, writer: &writer)
        try writer.saveModel(run.student, in: FilePath(output))
        try Self.say("finished after \(run.step) steps; final model in \(output)")
    }

    private func train(_ run: inout TrainingRun, writer: inout CheckpointWriter) async throws {
        let clock = ContinuousClock()
        var nextSave = clock.now
        var log: [TrainerState.Entry] = []
        let total = steps ?? model.steps
        let saveEvery = saveEvery ?? model.saveEvery
        while run.step < total {
            let loss = run.advance(by: min(saveEvery, total - run.step))
            guard run.student.parameters.allSatisfy(\.isFinite) else {
                throw DemoError("training diverged at step \(run.step); use a lower --learning-rate")
            }
            log.append(
                TrainerState.Entry(step: run.step, loss: loss, learningRate: run.optimizer.learningRate)
            )
            try await Task.sleep(until: nextSave, clock: clock)
            nextSave = clock.now + .seconds(interval)
            let directory = try writer.save(
                run,
                state: TrainerState(globalStep: run.step, maxSteps: total, saveSteps: saveEvery, logHistory: log)
            )
            try Self.say("step \(run.step): training loss \(loss.inFiveDecimals), saved \(directory)")
        }
    }

    /// Writes a line at once, also when standard output is a pipe.
    private static func say(_ line: String) throws {
        _ = try FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
    }
}
