/// What the files inside checkpoint directories tell about who wrote them.
struct DirectorySigns {
    /// The trainer's own state of transformers.
    private(set) var hasTrainerState = false
    /// The random states that `Accelerator.save_state` writes.
    private(set) var hasRandomStates = false
    /// Folders with a model each, or a LoRA file, as the example scripts of diffusers save them.
    private(set) var hasPipelineFolders = false
    /// Anything of a model at the top: weights, an index, a configuration.
    private(set) var hasModelAtTop = false
    /// Weights at the top or a level below, of any format.
    private(set) var hasWeights = false

    /// Reads the signs of the newest candidates together.
    init(of candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) {
        for candidate in Self.newest(candidates) {
            let files = files(candidate)
            files.forEach { take($0) }
            let selection = ModelDirectory.selection(from: files)
            let model = selection.weights + selection.indexes + selection.companions
            hasModelAtTop = hasModelAtTop || model.contains { !$0.contains("/") && !Self.isPipelineFile($0) }
            hasWeights = hasWeights || !(selection.weights + selection.unreadableWeights).isEmpty
        }
    }

    /// The candidates that are looked into: more than one, for the newest may still be empty.
    static func newest(_ candidates: [CheckpointCandidate]) -> [CheckpointCandidate] {
        var newest: [CheckpointCandidate] = []
        for candidate in candidates {
            let place = newest.firstIndex { ($0.step, $0.name) <= (candidate.step, candidate.name) } ?? newest.endIndex
            guard place < count, place == newest.endIndex || newest[place].name != candidate.name else { continue }
            newest.insert(candidate, at: place)
            newest = Array(newest.prefix(count))
        }
        return newest
    }

    private static let count = 3

    private mutating func take(_ path: String) {
        let directory = ModelDirectory.directoryPrefix(of: path)
        let name = path.dropFirst(directory.count)
        if directory.isEmpty {
            if Self.trainerStates.contains(where: name.hasPrefix) { hasTrainerState = true }
            if name.hasPrefix("random_states_") { hasRandomStates = true }
            if Self.isPipelineFile(path) { hasPipelineFolders = true }
        } else if name.hasPrefix("diffusion_pytorch_model") {
            hasPipelineFolders = true
        } else if name.hasPrefix("model"), Self.pipelineFolders.contains(where: directory.hasPrefix) {
            hasPipelineFolders = true
        }
    }

    private static func isPipelineFile(_ path: String) -> Bool {
        path.hasPrefix("pytorch_lora_weights")
    }

    private static let trainerStates = [
        "trainer_state.json", "training_args.bin", "rng_state", "checkpoint-is-incomplete.txt",
    ]
    private static let pipelineFolders = ["unet", "transformer", "controlnet", "text_encoder"]
}
