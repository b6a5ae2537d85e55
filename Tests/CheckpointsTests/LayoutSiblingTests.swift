import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Files that are whole only with another file beside them, from listing to pin.
@Suite struct LayoutSiblingTests {
    /// As wenet does it, with weights that need no unpickling.
    private struct Marked: TrainerLayout {
        let name = "marked"
        let summary = "step_<n>.safetensors with step_<n>.yaml"
        var content = CheckpointMarker.Content.any

        func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
            entries.filter { $0.name.hasSuffix(".safetensors") }.map { entry in
                CheckpointCandidate(
                    name: entry.name,
                    step: Step(5),
                    unit: .file,
                    path: directory.appending(entry.name),
                    siblings: ["step_5.yaml", "step_5-unfinished"]
                )
            }
        }

        func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
            var selection = CheckpointSelection()
            selection.weights = [candidate.name]
            selection.negativeMarkers = ["step_5-unfinished"]
            if !candidate.isPin { selection.markers = [CheckpointMarker("step_5.yaml", content: content)] }
            return selection
        }
    }

    private func withRun(_ body: (CheckpointSample) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("run"), layout: Marked())
            try sample.write("step_5.safetensors", SampleTensor.file([SampleTensor("w")]))
            try body(sample)
        }
    }

    private func candidate(_ sample: CheckpointSample) throws -> CheckpointCandidate {
        let entries = try DirectoryListing.entries(of: sample.path)
        return try #require(sample.layout.candidates(in: sample.path, entries: entries).first)
    }

    private func inspect(_ sample: CheckpointSample, _ layout: Marked = Marked()) throws -> Checkpoint {
        let candidate = try candidate(sample)
        return try CheckpointInspector(layout: layout).inspect(candidate, files: CandidateFiles(of: candidate)).get()
    }

    private func reason(_ sample: CheckpointSample, _ layout: Marked = Marked()) -> Incompleteness? {
        #expect(throws: Incompleteness.self) { try inspect(sample, layout) }
    }

    @Test("siblings that are there are listed with the file, at paths of their own")
    func listing() throws {
        try withRun { sample in
            let candidate = try candidate(sample)
            #expect(try CandidateFiles(of: candidate).files.map(\.relativePath) == ["step_5.safetensors"])
            try sample.write("step_5.yaml", [1, 2])
            try sample.write("other.yaml", [1, 2])
            try Publication.makeDirectories(sample.path.appending("step_5-unfinished"))
            let files = try CandidateFiles(of: candidate)
            #expect(files.files.map(\.relativePath) == ["step_5.safetensors", "step_5.yaml"])
            #expect(files["step_5.yaml"]?.fingerprint.byteCount == 2)
            #expect(
                files.files.map(candidate.path)
                    == [candidate.path, sample.path.appending("step_5.yaml")]
            )
        }
    }

    @Test("a marker beside the file has to be there and to hold something")
    func markers() throws {
        try withRun { sample in
            #expect(reason(sample) == .missingMarker(file: "step_5.yaml"))
            try sample.write("step_5.yaml", [])
            #expect(reason(sample) == .invalidMarker(file: "step_5.yaml", problem: "it is empty"))
            try sample.write("step_5.yaml", Array("lr: 1".utf8))
            #expect(try inspect(sample).weights.map(\.relativePath) == ["step_5.safetensors"])
            guard case .invalidMarker(file: "step_5.yaml", _) = reason(sample, Marked(content: .json)) else {
                Issue.record("not JSON, but taken for it")
                return
            }
            try sample.write("step_5.yaml", Array("{}".utf8))
            #expect(try inspect(sample, Marked(content: .json)).catalog.count == 1)
        }
    }

    @Test("a sign of an unfinished file beside it counts")
    func negativeMarker() throws {
        try withRun { sample in
            try sample.write("step_5.yaml", [1])
            try sample.write("step_5-unfinished", [])
            #expect(reason(sample) == .markedIncomplete(file: "step_5-unfinished"))
            try Publication.removeTree(sample.path.appending("step_5-unfinished"))
            #expect(try inspect(sample).catalog.count == 1)
        }
    }

    @Test("a pin takes the file alone and is whole without what lay beside it")
    func pin() throws {
        try withRun { sample in
            try sample.write("step_5.yaml", [1])
            let original = try inspect(sample)
            #expect(original.markers.isEmpty)
            let root = sample.path.removingLastComponent()
            let pins = root.appending("pins")
            let store = PinStore(directory: pins, staging: root.appending("staging"), method: .copy)
            let pin = try #require(try store.pin(original, inspector: CheckpointInspector(layout: Marked()))).checkpoint
            #expect(pin.isSameVersion(as: original))
            #expect(try DirectoryListing.entries(of: pins).map(\.name) == ["step_5.safetensors"])
            let found = try #require(store.candidates(layout: Marked()).first).saved(in: sample.path)
            #expect(found.isPin && found.origin == original.candidate.path)
            let files = try CandidateFiles(of: found)
            #expect(try CheckpointInspector(layout: Marked()).inspect(found, files: files).get().markers.isEmpty)
        }
    }

    @Test("random states mark a directory by being there, not by their content")
    func randomStates() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("checkpoint-10"), layout: AccelerateLayout())
            try sample.write("model.safetensors", SampleTensor.file([SampleTensor("w")]))
            sample.expect(
                .missingMarker(file: "random_states_0.pkl"),
                "\"random_states_0.pkl\", which the trainer writes last, is not there yet",
                isTransient: true
            )
            try sample.write("random_states_0.pkl", [0x80])
            #expect(try sample.inspect().get().markers.map(\.relativePath) == ["random_states_0.pkl"])
        }
    }
}
