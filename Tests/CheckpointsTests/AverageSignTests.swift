import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

/// Averages of this program that somebody put among the checkpoints of a run.
@Suite struct AverageSignTests {
    private static let manifest = Array(
        #"{"version": 1, "recipe": "lawa", "members": [], "tensors": {}, "rounding": "", "more": 1}"#.utf8
    )

    @Test("an average in the directory of a run is no checkpoint, with or without the trainer's last file")
    func directory() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("lawa.json", Self.manifest)
            let text = "it is an average made by lawa, as \"lawa.json\" tells, not a checkpoint of a trainer"
            sample.expect(.average(manifest: "lawa.json"), text, isTransient: false)
            try Publication.removeTree(sample.path.appending("trainer_state.json"))
            sample.expect(.average(manifest: "lawa.json"), text, isTransient: false)
            let opened = try CheckpointOpener.open(sample.path, position: 0)
            #expect(opened.step == Step(10), "a person may average averages")
            #expect(opened.companions.map(\.relativePath) == ["config.json", "lawa.json"])
        }
    }

    @Test("a single file with a manifest beside it is none, and counts again once the manifest is gone")
    func file() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("step_5.safetensors")
            let manifest = directory.appending("step_5.safetensors.lawa.json")
            try Fixture.write(SampleTensor.file([SampleTensor("w")]), to: path)
            let candidate = CheckpointCandidate(name: "step_5.safetensors", step: Step(5), unit: .file, path: path)
            let inspector = CheckpointInspector(layout: SafetensorsSeriesLayout())
            let before = try CandidateFiles(of: candidate)
            #expect(try inspector.inspect(candidate, files: before).get().step == Step(5))
            try Fixture.write(Self.manifest, to: manifest)
            let files = try CandidateFiles(of: candidate)
            #expect(files != before, "a manifest that comes later is noticed")
            let reason = #expect(throws: Incompleteness.self) { try inspector.inspect(candidate, files: files).get() }
            #expect(reason == .average(manifest: "step_5.safetensors.lawa.json"))
            #expect(try CheckpointOpener.open(path, position: 0).step == Step(5))
            try Publication.removeTree(manifest)
            #expect(try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get().step == Step(5))
        }
    }

    @Test("a file that is written in place is told by the manifest beside that file")
    func inPlace() throws {
        try withTemporaryDirectory { directory in
            let place = try InPlaceRun(directory)
            try place.save("2000")
            try Fixture.write(Self.manifest, to: place.run.appending("ckpt.pt.lawa.json"))
            let reason = #expect(throws: Incompleteness.self) { try place.look() }
            #expect(reason == .average(manifest: "ckpt.pt.lawa.json"))
        }
    }

    @Test(
        "a file of that name that is no manifest of this program says nothing",
        arguments: [
            "", "{}", "[]", #"{"version": 1, "recipe": "lawa", "members": []}"#, #"{"version": 1, "recipe": "la"#,
            #"{"nested": {"version": 1, "recipe": "", "members": [], "tensors": {}, "rounding": ""}}"#,
        ]
    )
    func foreign(text: String) throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("lawa.json", Array(text.utf8))
            #expect(try sample.inspect().get().step == Step(10))
        }
    }

    @Test("a manifest in a sub-directory, or of another file beside, says nothing")
    func elsewhere() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("left/lawa.json", Self.manifest)
            #expect(try sample.inspect().get().step == Step(10))
            let path = directory.appending("step_5.safetensors")
            try Fixture.write(SampleTensor.file([SampleTensor("w")]), to: path)
            try Fixture.write(Self.manifest, to: directory.appending("step_6.safetensors.lawa.json"))
            let candidate = CheckpointCandidate(name: "step_5.safetensors", step: Step(5), unit: .file, path: path)
            let files = try CandidateFiles(of: candidate)
            #expect(
                try CheckpointInspector(layout: SafetensorsSeriesLayout()).inspect(candidate, files: files).get().step
                    == Step(5)
            )
        }
    }

    @Test("a manifest that cannot be read is told, not passed over")
    func unreadable() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("lawa.json", Self.manifest)
            let files = try CandidateFiles(of: sample.candidate())
            try Publication.removeTree(sample.path.appending("lawa.json"))
            let reason = #expect(throws: Incompleteness.self) {
                try CheckpointInspector(layout: sample.layout).inspect(sample.candidate(), files: files).get()
            }
            #expect(reason == .vanished)
        }
    }
}
