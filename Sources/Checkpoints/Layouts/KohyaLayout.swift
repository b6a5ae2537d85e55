package import LinuxSystem
package import SystemPackage

/// Files `NAME-step<8 digits>.safetensors` of kohya's sd-scripts, or `NAME-<6 digits>.safetensors` where they save at the
/// end of epochs only.
///
/// `NAME.safetensors` is the final model and counts no step. Of several NAMEs in one directory the longest series is
/// followed. Source: sd-scripts 48d368f.
package struct KohyaLayout: TrainerLayout {
    package let name = "kohya"
    package let summary = "files NAME-step<step>.safetensors or NAME-<epoch>.safetensors of kohya's sd-scripts"

    private static let patterns = ["*-step########.safetensors", "*-######.safetensors"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        let entries = entries.filter { !ModelDirectory.isShardName($0.name) }
        for pattern in Self.patterns {
            let found = CheckpointCandidate.numbered([pattern], .file, in: directory, entries: entries)
            let series = Dictionary(grouping: found) { pattern.match($0.name)?.prefix }
            let longest = series.max { left, right in
                (left.value.count, right.key ?? "") < (right.value.count, left.key ?? "")
            }
            if let longest { return longest.value }
        }
        return []
    }

    package func isSameSeries(_ name: String, as other: String) -> Bool {
        SeriesName.isSameSeries(name, other, SeriesName.safetensorsSuffixes)
    }
}
