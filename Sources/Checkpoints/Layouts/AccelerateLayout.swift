package import LinuxSystem
package import SystemPackage

/// Directories that `Accelerator.save_state` writes: `checkpoint_<n>/` by its own numbering, `step_<n>/` or `epoch_<n>/`
/// as the example scripts name them.
///
/// The model comes first, the random states of every process after it and after the optimizer. The first process's
/// stand for all. Source: accelerate 1.15.
package struct AccelerateLayout: TrainerLayout {
    package let name = "accelerate"
    package let summary = "directories checkpoint_<n>/, step_<n>/ or epoch_<n>/ of Accelerator.save_state"

    private static let ownPatterns = ["checkpoint_#", "step_#", "step-#", "epoch_#"].map(NumberedName.init)
    private static let sharedPattern = NumberedName("checkpoint-#")

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        let patterns = Self.ownPatterns + [Self.sharedPattern]
        return CheckpointCandidate.numbered(patterns, .directory, in: directory, entries: entries)
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        let signs = DirectorySigns(of: candidates, files: files)
        guard signs.hasRandomStates else { return .named }
        // Others write into directories of this name as well, and one of them has random states, too.
        let isShared = candidates.contains { Self.sharedPattern.match($0.name) != nil }
        return isShared && (signs.hasTrainerState || signs.hasPipelineFolders) ? .named : .certain
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = ModelDirectory.selection(from: files)
        selection.markers = [CheckpointMarker("random_states_0.pkl", content: .any)]
        return selection
    }
}
