package import LinuxSystem
package import SystemPackage

/// Directories `checkpoint-<step>/` as `transformers.Trainer` and everything built on it writes them: TRL, PEFT adapters,
/// Axolotl, sentence-transformers.
///
/// Weights come first, `trainer_state.json` last. A checkpoint that is saved because the job is being ended carries
/// `checkpoint-is-incomplete.txt` until it is whole (transformers 5).
package struct HuggingFaceLayout: TrainerLayout {
    package let name = "huggingface"
    package let summary = "directories checkpoint-<step>/ of transformers.Trainer and PEFT"

    private static let prefix = "checkpoint-"

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        entries.compactMap { entry in
            guard entry.kind == .directory, entry.name.hasPrefix(Self.prefix),
                let step = Step(digits: entry.name.dropFirst(Self.prefix.count))
            else { return nil }
            return CheckpointCandidate(
                name: entry.name,
                step: step,
                unit: .directory,
                path: directory.appending(entry.name)
            )
        }
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = ModelDirectory.selection(from: files)
        selection.markers = ["trainer_state.json"]
        selection.negativeMarkers = ["checkpoint-is-incomplete.txt"]
        return selection
    }
}
