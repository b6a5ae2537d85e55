import LinuxSystem
import SystemPackage

extension SeriesName {
    /// Files that differ in their numbers.
    private struct Series {
        /// What their names have in common.
        let pattern: String
        let members: [(name: SeriesName, entry: DirectoryEntry)]

        /// A series of the best, or of averages, comes last; one with a word for a step first.
        var kind: (Int, Int) { (members[0].name.isSelected ? 0 : 1, members[0].name.hasKeyword ? 1 : 0) }

        /// The greater, the sooner it is taken.
        var rank: (Int, Int, Int) { (kind.0, kind.1, members.count) }
    }

    /// The files of the one series in a directory.
    ///
    /// Where several lie side by side, one with a word for a step in it wins over one without, then the longer one;
    /// numbers of different series are never mixed, for they count different things.
    static func candidates(
        _ suffixes: [String],
        in directory: FilePath,
        entries: [DirectoryEntry]
    ) -> [CheckpointCandidate] {
        (ranked(suffixes, entries).first?.members ?? []).map { name, entry in
            CheckpointCandidate(
                name: entry.name,
                step: name.step,
                unit: .file,
                path: directory.appending(entry.name)
            )
        }
    }

    /// The patterns of series of which each could as well be the run: of one kind, and nearly as long as the longest.
    static func rivals(_ suffixes: [String], _ entries: [DirectoryEntry]) -> [String] {
        let series = ranked(suffixes, entries)
        guard let first = series.first else { return [] }
        let equal = series.filter { $0.kind == first.kind && 3 * $0.members.count >= 2 * first.members.count }
        return equal.count > 1 ? equal.map(\.pattern) : []
    }

    /// Whether two names differ in their numbers alone.
    static func isSameSeries(_ name: String, _ other: String, _ suffixes: [String]) -> Bool {
        guard let first = SeriesName(parsing: name, suffixes: suffixes),
            let second = SeriesName(parsing: other, suffixes: suffixes)
        else { return false }
        return first.skeleton == second.skeleton
    }

    /// All series, the one to take first.
    private static func ranked(_ suffixes: [String], _ entries: [DirectoryEntry]) -> [Series] {
        var groups: [String: [(name: SeriesName, entry: DirectoryEntry)]] = [:]
        for entry in entries where entry.kind == .regular && !entry.isTemporary {
            guard let name = SeriesName(parsing: entry.name, suffixes: suffixes) else { continue }
            groups[name.skeleton, default: []].append((name, entry))
        }
        return groups.flatMap(split).sorted { left, right in
            left.rank == right.rank ? left.pattern < right.pattern : left.rank > right.rank
        }
    }

    /// Metrics in names differ from file to file as steps do. Where a step comes twice, another number tells runs apart.
    private static func split(
        _ skeleton: String,
        _ members: [(name: SeriesName, entry: DirectoryEntry)]
    ) -> [Series] {
        if Set(members.map(\.name.step)).count == members.count { return [Series(pattern: skeleton, members: members)] }
        return Dictionary(grouping: members, by: \.name.pattern).map { Series(pattern: $0, members: $1) }
    }
}
