package import LinuxSystem
package import SystemPackage

extension TrainerLayout {
    /// The entries that are named as checkpoints but are of another kind: links, pipes, a directory where a file is
    /// looked for. They are never read; an operator may wonder why.
    ///
    /// A link is among them wherever it leads, for whether it is an alias only a person can tell.
    ///
    /// - Parameter counted: what `candidates(in:entries:)` found.
    package func passedOver(
        in directory: FilePath,
        entries: [DirectoryEntry],
        counted: [CheckpointCandidate]
    ) -> [DirectoryEntry] {
        var named: Set<String> = []
        for kind in [FileKind.regular, .directory] {
            let others = Set(entries.filter { $0.kind != kind }.map(\.name))
            guard !others.isEmpty else { continue }
            let entries = entries.map { DirectoryEntry(name: $0.name, kind: kind) }
            named.formUnion(candidates(in: directory, entries: entries).map(\.name).filter(others.contains))
        }
        guard !named.isEmpty else { return [] }
        let counted = Set(counted.map(\.name))
        return entries.filter { named.contains($0.name) && !counted.contains($0.name) }
    }
}
