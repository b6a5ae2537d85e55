package import LinuxSystem
package import SystemPackage

/// Files `checkpoint-<epoch>.pth.tar` of timm, which are links to a file that was written and renamed before.
///
/// `last.pth.tar` and `model_best.pth.tar` are further links to the same files; `recovery-<E>-<B>.pth.tar` lies within an
/// epoch. Source: timm 1.0.31.
package struct TimmLayout: TrainerLayout {
    package let name = "timm"
    package let summary = "files checkpoint-<epoch>.pth.tar of timm's CheckpointSaver"

    private static let patterns = [NumberedName("checkpoint-#.pth.tar")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
    }
}
