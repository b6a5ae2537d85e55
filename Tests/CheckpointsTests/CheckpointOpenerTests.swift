import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct CheckpointOpenerTests {
    @Test("a downloaded snapshot has no trainer state and need not have")
    func withoutMarkers() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("some-model"))
            try Publication.removeTree(sample.path.appending("trainer_state.json"))
            let checkpoint = try CheckpointOpener.open(sample.path, position: 7)
            #expect(checkpoint.name == "some-model")
            #expect(checkpoint.step == Step(7))
            #expect(checkpoint.markers.isEmpty)
            #expect(checkpoint.companions.map(\.relativePath) == ["config.json"])
        }
    }

    @Test("what says that it is unfinished still counts")
    func marked() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-5"))
            try sample.write("checkpoint-is-incomplete.txt", [])
            let reason = #expect(throws: Incompleteness.self) { try CheckpointOpener.open(sample.path, position: 0) }
            #expect(reason == .markedIncomplete(file: "checkpoint-is-incomplete.txt"))
        }
    }

    @Test("a file by itself, under any name", arguments: ["step_12.safetensors", "weights-12.safetensors"])
    func file(name: String) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending(name)
            try Fixture.write(SampleTensor.file([SampleTensor("w")]), to: path)
            let checkpoint = try CheckpointOpener.open(path, position: 3)
            #expect(checkpoint.step == Step(12))
            #expect(checkpoint.candidate.unit == .file)
            #expect(checkpoint.catalog["w"] != nil)
        }
    }

    @Test("what is not there, or is no weight file")
    func refused() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: SystemCallError.self) {
                try CheckpointOpener.open(directory.appending("nothing"), position: 0)
            }
            try Fixture.write([1, 2, 3], to: directory.appending("notes.txt"))
            let reason = #expect(throws: Incompleteness.self) {
                try CheckpointOpener.open(directory.appending("notes.txt"), position: 0)
            }
            #expect(
                reason.map { "\($0)" } == "\"notes.txt\" cannot be read as weights: "
                    + "file ends after 3 bytes, within the 8-byte header length"
            )
        }
    }

    @Test(
        "the step that a name tells",
        arguments: [
            ("checkpoint-500", 500), ("step_10.safetensors", 10), ("run2-step00000500.safetensors", 500),
            ("model-v2", 2), ("some-model", nil), ("llama-7b", nil), ("model.safetensors", nil), ("", nil),
            ("checkpoint-99999999999999999999", nil), ("model-00001-of-00002.safetensors", nil), ("0", 0),
            ("step1000", 1000), ("checkpoint_3", 3), ("epoch=3-step=1000.ckpt", 1000), ("epoch=3.ckpt", 3),
            ("epoch=3-step=1000-v1.ckpt", 1000), ("checkpoint_2_500.pt", 500), ("checkpoint12.pt", 12),
            ("ep1-ba700-rank0.pt", 700), ("style-000010.safetensors", 10), ("model_000100.pt", 100),
            ("checkpoint-4.pth.tar", 4), ("ckpt_20.pt", 20), ("ckpt-20.pt", 20), ("03-1000.ckpt", 1000),
            ("7.pt", 7), ("model_epoch_3_loss_0.12.pth", 3), ("ckpt.pt", nil), ("model.pth", nil), ("last.pt", nil),
            ("last.ckpt", nil), ("last-v1.ckpt", nil), ("checkpoint_best.pt", nil), ("model_best.pth.tar", nil),
            ("pytorch_model-00001-of-00002.bin", nil), ("optimizer_5.pt", nil),
        ] as [(String, Int?)]
    )
    func steps(name: String, step: Int?) {
        #expect(CheckpointOpener.step(of: name)?.value == step)
    }

    @Test("the checkpoints of a run, oldest first by number")
    func run() throws {
        try withTemporaryDirectory { directory in
            for name in ["checkpoint-1000", "checkpoint-999", "checkpoint-5"] {
                _ = try CheckpointSample.whole(directory.appending(name))
            }
            // The end of a run leaves the last model beside its checkpoints.
            try CheckpointSample(directory).write("config.json", Array("{}".utf8))
            try CheckpointSample(directory).write("model.safetensors", SampleTensor.file([SampleTensor("w")]))
            #expect(
                try CheckpointOpener.candidates(in: directory).map(\.name)
                    == ["checkpoint-5", "checkpoint-999", "checkpoint-1000"]
            )
        }
    }

    @Test("files of a series are a run, unless they are adapters or models of one checkpoint")
    func seriesOrCheckpoint() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory)
            for step in [10, 9] {
                try sample.write("step_\(step).safetensors", SampleTensor.file([SampleTensor("w")]))
            }
            #expect(
                try CheckpointOpener.candidates(in: directory).map(\.name) == [
                    "step_9.safetensors", "step_10.safetensors",
                ]
            )
            try sample.write("config.json", Array("{}".utf8))
            #expect(try CheckpointOpener.candidates(in: directory).isEmpty)
        }
    }

    @Test(
        "runs of other layouts, oldest first",
        arguments: [
            (
                ["epoch=10-step=20.ckpt", "epoch=9-step=18.ckpt", "last.ckpt"],
                ["epoch=9-step=18.ckpt", "epoch=10-step=20.ckpt"]
            ),
            (["step1000/pytorch_model.bin", "step200/pytorch_model.bin"], ["step200", "step1000"]),
            (["checkpoint_1/random_states_0.pkl", "checkpoint_0/x"], ["checkpoint_0", "checkpoint_1"]),
            // One file that is overwritten is one checkpoint.
            (["ckpt.pt"], []), (["model.pth"], []),
            // Numbers inside a checkpoint are not steps.
            (["model.safetensors", "model_1.safetensors", "random_states_0.pkl"], []),
            (["pytorch_model.bin", "pytorch_model_1.bin", "config.json"], []),
            (["config.json", "step_5.pt", "step_5.safetensors"], []),
        ] as [([String], [String])]
    )
    func runs(names: [String], candidates: [String]) throws {
        try withTemporaryDirectory { directory in
            try LayoutListing.fill(directory, names)
            #expect(try CheckpointOpener.candidates(in: directory).map(\.name) == candidates)
        }
    }

    @Test("a directory that could be several runs is told, not guessed at")
    func ambiguous() throws {
        try withTemporaryDirectory { directory in
            try LayoutListing.fill(directory, ["step_5.pt", "step_5.safetensors"])
            let error = #expect(throws: AmbiguousLayout.self) { try CheckpointOpener.candidates(in: directory) }
            #expect(
                error.map { "\($0)" }
                    == "the layouts \"safetensors-series\" and \"torch-series\" fit \"\(directory)\" equally; "
                    + "name the checkpoints one by one"
            )
        }
    }

    @Test("what lies beside a file and says that it is unfinished counts, its other siblings do not")
    func besideFile() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory)
            try sample.write("epoch=1-step=10.ckpt", SampleTensor.file([SampleTensor("w")]))
            try sample.write("epoch=1-step=10-unfinished", [])
            try sample.write("model_000100.pt", [])
            let reason = #expect(throws: Incompleteness.self) {
                try CheckpointOpener.open(directory.appending("epoch=1-step=10.ckpt"), position: 0)
            }
            #expect(reason == .markedIncomplete(file: "epoch=1-step=10-unfinished"))
            let other = #expect(throws: Incompleteness.self) {
                try CheckpointOpener.open(directory.appending("model_000100.pt"), position: 0)
            }
            guard case .invalidWeights(file: "model_000100.pt", _) = other else {
                Issue.record("\(String(describing: other))")
                return
            }
        }
    }

    @Test("a checkpoint or a file is no run")
    func noRun() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-5"))
            #expect(try CheckpointOpener.candidates(in: sample.path).isEmpty)
            #expect(try CheckpointOpener.candidates(in: sample.path.appending("model.safetensors")).isEmpty)
            #expect(throws: SystemCallError.self) {
                try CheckpointOpener.candidates(in: directory.appending("nothing"))
            }
        }
    }
}
