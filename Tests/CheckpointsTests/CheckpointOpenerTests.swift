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
                reason.map { "\($0)" } == "\"notes.txt\" is not a whole safetensors file: "
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
