package import LinuxSystem
package import SystemPackage

/// Directories with a model in each and no trainer's state: the revisions of a hub (Pythia's `step1000/`), torchtune's
/// `epoch_<n>/`, litgpt's `step-00001000/lit_model.pth`.
///
/// Nothing marks them as whole, so they are when all weights validate and the index, where there is one, is covered.
/// Source: torchtune 0.6.1, litgpt of 2025, the repositories of Pythia.
package struct ModelDirectoriesLayout: TrainerLayout {
    package let name = "model-directories"
    package let summary = "directories step<N>/, step_<N>/, step-<N>/ or epoch_<N>/ with a model in each"

    private static let patterns = ["step#", "step_#", "step-#", "epoch_#"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .directory, in: directory, entries: entries)
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        let signs = DirectorySigns(of: candidates, files: files)
        return signs.hasWeights && !signs.hasRandomStates ? .certain : .named
    }
}
