package import LinuxSystem
package import SystemPackage

/// Directories `checkpoint-<step>/` as `transformers.Trainer` and everything built on it writes them: TRL, PEFT adapters,
/// Axolotl, sentence-transformers.
///
/// Weights come first, `trainer_state.json` last. A checkpoint that is saved because the job is being ended carries
/// `checkpoint-is-incomplete.txt` until it is whole. Source: transformers 4.30 to 5.23.
package struct HuggingFaceLayout: TrainerLayout {
    package let name = "huggingface"
    package let summary = "directories checkpoint-<step>/ of transformers.Trainer and PEFT"

    private static let patterns = [NumberedName("checkpoint-#")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .directory, in: directory, entries: entries)
    }

    /// A model at the top is the Trainer's until something says otherwise: it writes its own state only after it.
    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        let signs = DirectorySigns(of: candidates, files: files)
        if signs.hasTrainerState { return .certain }
        return signs.hasModelAtTop && !signs.hasPipelineFolders && !signs.hasRandomStates ? .certain : .named
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = ModelDirectory.selection(from: files)
        selection.markers = [CheckpointMarker("trainer_state.json", content: .json)]
        selection.negativeMarkers = ["checkpoint-is-incomplete.txt"]
        return selection
    }
}
