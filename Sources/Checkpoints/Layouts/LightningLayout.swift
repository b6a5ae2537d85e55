package import LinuxSystem
package import SystemPackage

/// Files `epoch=<E>-step=<S>.ckpt` of PyTorch Lightning's `ModelCheckpoint`, with metrics in the name where the user asks
/// for them; NeMo's among them.
///
/// `last.ckpt` is an alias, and of two files of one step the later version `-v<K>` counts. NeMo keeps
/// `<name>-unfinished` beside a file while it saves or deletes it, and may write `-EMA` twins, which do not count.
/// Source: lightning 2.1 to 2.6, NeMo of 2025-09.
package struct LightningLayout: TrainerLayout {
    package let name = "lightning"
    package let summary = "files epoch=<E>-step=<S>.ckpt of Lightning's ModelCheckpoint, and NeMo's"

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        let names = entries.filter { $0.kind == .regular && !$0.isTemporary }.compactMap { LightningName($0.name) }
        // An epoch is another measure than a step, so it counts only where no name has a step.
        let hasSteps = names.contains { $0.step != nil }
        let numbered = names.compactMap { name in (hasSteps ? name.step : name.epoch).map { (step: $0, name: name) } }
        return Dictionary(grouping: numbered, by: \.step).compactMap { step, names in
            guard let latest = names.map(\.name).max(by: { ($0.version, $0.fileName) < ($1.version, $1.fileName) })
            else { return nil }
            return CheckpointCandidate(
                name: latest.fileName,
                step: step,
                unit: .file,
                path: directory.appending(latest.fileName),
                siblings: [latest.unfinishedName]
            )
        }
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = CheckpointSelection(file: candidate)
        selection.negativeMarkers = candidate.siblings
        return selection
    }
}
