import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// A checkpoint directory that a test makes and breaks.
struct CheckpointSample {
    /// A trainer state that parses.
    static let state = Array(#"{"global_step": 10}"#.utf8)

    let path: FilePath
    let layout: any TrainerLayout

    init(_ path: FilePath, layout: any TrainerLayout = HuggingFaceLayout()) {
        self.path = path
        self.layout = layout
    }

    /// A whole checkpoint of the Trainer with one weight file.
    static func whole(_ path: FilePath, tensors: [SampleTensor] = [SampleTensor("w")]) throws -> CheckpointSample {
        let sample = CheckpointSample(path)
        try sample.write("model.safetensors", SampleTensor.file(tensors))
        try sample.write("config.json", Array("{}".utf8))
        try sample.write("trainer_state.json", state)
        return sample
    }

    /// A whole checkpoint of two shards with tensors "a" and "b", and their index.
    static func sharded(_ path: FilePath) throws -> CheckpointSample {
        let sample = CheckpointSample(path)
        try sample.write("model-00001-of-00002.safetensors", SampleTensor.file([SampleTensor("a")]))
        try sample.write("model-00002-of-00002.safetensors", SampleTensor.file([SampleTensor("b")]))
        try sample.writeIndex(["a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"])
        try sample.write("trainer_state.json", state)
        return sample
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = path.pushing(FilePath(name))
        try Publication.makeDirectories(file.removingLastComponent())
        try Fixture.write(bytes, to: file)
    }

    func writeIndex(_ map: [String: String], name: String = "model.safetensors.index.json") throws {
        let pairs = map.sorted { $0.key < $1.key }.map { #""\#($0.key)": "\#($0.value)""# }
        try write(name, Array(#"{"metadata": {}, "weight_map": {\#(pairs.joined(separator: ", "))}}"#.utf8))
    }

    func candidate(step: Int = 10) -> CheckpointCandidate {
        CheckpointCandidate(name: path.lastComponent?.string ?? "", step: Step(step), unit: .directory, path: path)
    }

    /// Lists and inspects, as one look does.
    func inspect() -> Result<Checkpoint, Incompleteness> {
        let candidate = candidate()
        do {
            let files = try CandidateFiles(of: candidate)
            return CheckpointInspector(layout: layout).inspect(candidate, files: files)
        } catch {
            return .failure(error)
        }
    }

    /// Expects one reason, its words and whether waiting may help.
    func expect(
        _ reason: Incompleteness,
        _ text: String,
        isTransient: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = #expect(throws: Incompleteness.self, sourceLocation: sourceLocation) { try inspect().get() }
        #expect(found == reason, sourceLocation: sourceLocation)
        #expect(found.map { "\($0)" } == text, sourceLocation: sourceLocation)
        #expect(found?.isTransient == isTransient, sourceLocation: sourceLocation)
    }
}
