package import LinuxSystem
package import SystemPackage

/// Files `step_<n>.pt`, `epoch_<n>.pt` or `<n>.pt` of wenet, each followed by a `.yaml` of the same name.
///
/// The names alone are anybody's, so without any `.yaml` it is not wenet. Source: wenet of 2025.
package struct WenetLayout: TrainerLayout {
    package let name = "wenet"
    package let summary = "files step_<n>.pt or epoch_<n>.pt with a .yaml beside each, of wenet"

    private static let patterns = ["step_#.pt", "epoch_#.pt", "#.pt"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries) { name in
            ["\(name.dropLast(".pt".count)).yaml"]
        }
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        candidates.contains { files($0).contains(where: $0.siblings.contains) } ? .named : .none
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = CheckpointSelection(file: candidate)
        if !candidate.isPin {
            selection.markers = candidate.siblings.map { CheckpointMarker($0, content: .any) }
        }
        return selection
    }
}
