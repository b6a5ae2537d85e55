package import LinuxSystem
package import SystemPackage

/// Files `checkpoint-<batch>.pt` of icefall, or `epoch-<n>.pt` where it saves at the end of epochs only.
///
/// `best-train-loss.pt`, `best-valid-loss.pt` and `pretrained.pt` are copies. Source: icefall of 2025.
package struct IcefallLayout: TrainerLayout {
    package let name = "icefall"
    package let summary = "files checkpoint-<batch>.pt or epoch-<n>.pt of icefall"

    private static let patterns = ["checkpoint-#.pt", "epoch-#.pt"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
    }
}
