package import LinuxSystem
package import SystemPackage

/// One file of `torch.save` that a training loop overwrites with every save: `checkpoint.pt`, `model.pth`, `latest.pt`.
///
/// Only where it is the only such file and there is no series, of which it would be an alias.
package struct TorchInPlaceLayout: TrainerLayout {
    package let name = "torch-in-place"
    package let summary = "one checkpoint.pt, model.pt, latest.pt or last.pt that is overwritten with every save"

    private static let fileNames = [
        "checkpoint.pt", "checkpoint.pth", "checkpoint.pth.tar", "model.pt", "model.pth", "latest.pt", "latest.pth",
        "last.pt", "last.pth",
    ]
    /// What versions of the file are called in pins.
    private static let versions = fileNames.map { name in
        let stem = name.prefix { $0 != "." }
        return NumberedName("\(stem)-#\(name.dropFirst(stem.count))")
    }

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        let versions = CheckpointCandidate.numbered(Self.versions, .file, in: directory, entries: entries)
        guard versions.isEmpty else { return versions }
        let found = Self.fileNames.compactMap {
            CheckpointCandidate.inPlace($0, in: directory, entries: entries)
        }
        guard found.count == 1 else { return [] }
        let suffixes = SeriesName.torchSuffixes + SeriesName.safetensorsSuffixes
        return SeriesName.candidates(suffixes, in: directory, entries: entries).isEmpty ? found : []
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        candidates.contains(where: \.stepIsInside) ? .generic : .none
    }
}
