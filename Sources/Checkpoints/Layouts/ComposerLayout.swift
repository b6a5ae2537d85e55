package import LinuxSystem
package import SystemPackage

/// Files `ep<epoch>-ba<batch>-rank0.pt` of Composer, whose step is the batch.
///
/// Other ranks hold the same weights, and `latest-rank0.pt` is a link. Source: composer 0.32.1.
package struct ComposerLayout: TrainerLayout {
    package let name = "composer"
    package let summary = "files ep<E>-ba<B>-rank0.pt of MosaicML Composer"

    private static let patterns = [NumberedName("ep#-ba#-rank0.pt")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
    }
}
