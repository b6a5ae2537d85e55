package import LinuxSystem
package import SystemPackage

/// A series of single files of `torch.save` that differ in one number, as training loops of one's own write them:
/// `model_epoch_3.pth`, `step-1000.pt`, `03-1000.ckpt` (Lightning without the names of its metrics).
package struct TorchSeriesLayout: TrainerLayout {
    package let name = "torch-series"
    package let summary = "single files with a step in the name, <name><step>.pt, .pth, .ckpt, .bin, .pth.tar, .pt.tar"

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        SeriesName.candidates(SeriesName.torchSuffixes, in: directory, entries: entries)
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        .generic
    }

    package func rivals(among entries: [DirectoryEntry]) -> [String] {
        SeriesName.rivals(SeriesName.torchSuffixes, entries)
    }

    package func isSameSeries(_ name: String, as other: String) -> Bool {
        SeriesName.isSameSeries(name, other, SeriesName.torchSuffixes)
    }
}
