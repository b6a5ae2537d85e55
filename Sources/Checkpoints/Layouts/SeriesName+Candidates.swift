import LinuxSystem
import SystemPackage

extension SeriesName {
    /// The files of the one series in a directory.
    ///
    /// Where names of several patterns lie side by side, one with a word for a step in it wins over one without, then
    /// the longer series; numbers of different patterns are never mixed, for they count different things.
    static func candidates(
        _ suffixes: [String],
        in directory: FilePath,
        entries: [DirectoryEntry]
    ) -> [CheckpointCandidate] {
        var series: [String: [(name: SeriesName, entry: DirectoryEntry)]] = [:]
        for entry in entries where entry.kind == .regular && !entry.isTemporary {
            guard let name = SeriesName(parsing: entry.name, suffixes: suffixes) else { continue }
            series[name.pattern, default: []].append((name, entry))
        }
        let chosen = series.max { left, right in
            let (leftRank, rightRank) = (rank(left.value.map(\.name)), rank(right.value.map(\.name)))
            return leftRank == rightRank ? left.key > right.key : leftRank < rightRank
        }
        return (chosen?.value ?? []).map { name, entry in
            CheckpointCandidate(
                name: entry.name,
                step: name.step,
                unit: .file,
                path: directory.appending(entry.name)
            )
        }
    }

    private static func rank(_ series: [SeriesName]) -> (Int, Int, Int) {
        (series[0].isSelected ? 0 : 1, series[0].hasKeyword ? 1 : 0, series.count)
    }
}
