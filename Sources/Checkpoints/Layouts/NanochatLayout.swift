package import LinuxSystem
package import SystemPackage

/// Files `model_<6 digits>.pt` of nanochat, each followed by `meta_<6 digits>.json` and then the optimizer's state.
///
/// Source: nanochat 92d63d4.
package struct NanochatLayout: TrainerLayout {
    package let name = "nanochat"
    package let summary = "files model_<step>.pt with meta_<step>.json of nanochat"

    private static let patterns = [NumberedName("model_######.pt")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries) { name in
            ["meta_\(name.dropFirst("model_".count).dropLast(".pt".count)).json"]
        }
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = CheckpointSelection(file: candidate)
        if !candidate.isPin {
            selection.markers = candidate.siblings.map { CheckpointMarker($0, content: .json) }
        }
        return selection
    }
}
