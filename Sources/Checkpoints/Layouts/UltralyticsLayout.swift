package import LinuxSystem
package import SystemPackage

/// Files `epoch<N>.pt` in the `weights/` of Ultralytics, where `save_period` is set.
///
/// `last.pt` and `best.pt` are written again every epoch. Source: ultralytics 8.4.190.
package struct UltralyticsLayout: TrainerLayout {
    package let name = "ultralytics"
    package let summary = "files epoch<N>.pt of Ultralytics, in weights/"

    private static let patterns = [NumberedName("epoch#.pt")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
    }
}
