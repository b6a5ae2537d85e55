package import LinuxSystem
package import SystemPackage

/// Files `checkpoint_<epoch>_<updates>.pt` of fairseq, or `checkpoint<epoch>.pt` where it saves at the end of epochs only.
///
/// `checkpoint_last.pt`, `checkpoint_best.pt` and `checkpoint.best_<metric>_<value>.pt` are copies. Source: fairseq 0.12.2.
package struct FairseqLayout: TrainerLayout {
    package let name = "fairseq"
    package let summary = "files checkpoint_<E>_<U>.pt or checkpoint<E>.pt of fairseq"

    private static let patterns = ["checkpoint_#_#.pt", "checkpoint#.pt"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
    }
}
