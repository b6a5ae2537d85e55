import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import DemoTrainer

/// The demo's files: what the trainer writes, `evaluate` must read back.
@Suite struct DemoCheckpointTests {
    @Test("weights survive the file, bf16 with one rounding", arguments: StoredElement.allCases)
    func weights(element: StoredElement) throws {
        let network = try Self.trained(.mlp).student
        let read = try WeightsFile.decode(WeightsFile.encode(network, as: element), widths: network.widths)
        let expected = element == .f32 ? network.parameters : element.decode(element.encode(network.parameters))
        #expect(read.parameters == expected)
    }

    @Test("the header has names, shapes and order of a Hugging Face model")
    func header() throws {
        let bytes = WeightsFile.encode(try Self.trained(.mlp).student, as: .f32)
        let count = try SafetensorsHeader.headerByteCount(prefix: bytes.prefix(8), fileByteCount: bytes.count)
        let header = try SafetensorsHeader(parsing: Array(bytes[..<count]), fileByteCount: bytes.count)
        #expect(header.tensors.map(\.name) == ["mlp.fc1.bias", "mlp.fc1.weight", "mlp.fc2.bias", "mlp.fc2.weight"])
        #expect(header.tensors.map(\.shape) == [[32], [32, 16], [1], [1, 32]])
        #expect(header.metadata.map(\.key) == ["format"])
    }

    @Test("weights of another model are refused by name")
    func otherModel() throws {
        let bytes = WeightsFile.encode(try Self.trained(.linear).student, as: .f32)
        let error = #expect(throws: DemoError.self) { try WeightsFile.decode(bytes, widths: [16, 32, 1]) }
        #expect(error?.description.contains("\"mlp.fc1.bias\"") == true)
    }

    @Test("a checkpoint has a trainer's files, and evaluates to the loss of the model in memory")
    func checkpoint() throws {
        try withTemporaryDirectory { directory in
            let run = try Self.trained(.linear)
            var writer = Self.writer(directory.appending("new/run"), keep: 0)
            let saved = try writer.save(run, state: Self.state(run))
            #expect(saved == directory.appending("new/run/checkpoint-40"))
            #expect(
                try DirectoryListing.entries(of: saved).map(\.name) == [
                    "config.json", "model.safetensors", "optimizer.pt", "rng_state.pth", "scheduler.pt",
                    "trainer_state.json", "training_args.bin",
                ]
            )
            #expect(try FileStatus.of(saved.appending("model.safetensors")).mode == 0o600)
            let task = ModelChoice.linear.task
            let teacher = try #require(task.teacher)
            #expect(
                try StoredModel(directory: saved).heldOutLoss() == run.student.loss(on: task.heldOut(teacher: teacher))
            )
        }
    }

    @Test("rotation deletes the oldest after the save")
    func rotation() throws {
        try withTemporaryDirectory { directory in
            var run = try Self.trained(.linear)
            var writer = Self.writer(directory, keep: 2)
            for _ in 0..<4 {
                _ = run.advance(by: 10)
                _ = try writer.save(run, state: Self.state(run))
            }
            #expect(
                try DirectoryListing.entries(of: directory).map(\.name) == ["checkpoint-70", "checkpoint-80"]
            )
        }
    }

    @Test("a missing checkpoint is named together with the remedy")
    func missing() throws {
        try withTemporaryDirectory { directory in
            let error = #expect(throws: DemoError.self) { try StoredModel(directory: directory) }
            #expect(error?.description.contains("\(directory)/config.json") == true)
        }
    }

    private static func trained(_ model: ModelChoice) throws -> TrainingRun {
        var run = try #require(TrainingRun(model: model, learningRate: model.learningRate, seed: 3))
        _ = run.advance(by: 40)
        return run
    }

    private static func writer(_ output: FilePath, keep: Int) -> CheckpointWriter {
        let model = ModelChoice.linear
        let configuration = ModelConfiguration(widths: model.widths, dtype: "float32", task: model.task)
        return CheckpointWriter(output: output, configuration: configuration, element: .f32, keep: keep)
    }

    private static func state(_ run: TrainingRun) -> TrainerState {
        TrainerState(globalStep: run.step, maxSteps: 100, saveSteps: 10, logHistory: [])
    }
}
