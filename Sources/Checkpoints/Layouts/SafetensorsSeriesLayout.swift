package import LinuxSystem
package import SystemPackage

/// A series of single `.safetensors` files that differ in one number: `step_100.safetensors`,
/// `0000100_adapters.safetensors` (mlx-lm).
package struct SafetensorsSeriesLayout: TrainerLayout {
    package let name = "safetensors-series"
    package let summary = "single files with a step in the name, <name><step>.safetensors"

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        SeriesName.candidates(SeriesName.safetensorsSuffixes, in: directory, entries: entries)
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        .generic
    }

    package func rivals(among entries: [DirectoryEntry]) -> [String] {
        SeriesName.rivals(SeriesName.safetensorsSuffixes, entries)
    }

    package func isSameSeries(_ name: String, as other: String) -> Bool {
        SeriesName.isSameSeries(name, other, SeriesName.safetensorsSuffixes)
    }
}
