/// Puts the checksums of whole files together from runs that arrive in any order.
///
/// Neighbours are joined as they arrive: what is kept is proportional to the number of gaps, not of runs.
struct ChecksumLedger<Checksum: RunningChecksum> {
    private struct Entry {
        let offset: Int
        var checksum: Checksum
        var end: Int { offset + checksum.byteCount }
    }

    private struct File {
        var entries: [Entry] = []
        var limit = 64
    }

    private var files: [File]

    init(fileCount: Int) {
        files = Array(repeating: File(), count: fileCount)
    }

    /// Takes over the runs of a worker.
    mutating func merge(_ runs: ChecksumRuns<Checksum>) {
        for run in runs.runs {
            files[run.file].entries.append(Entry(offset: run.offset, checksum: run.checksum))
            // Joining costs a sort; doubling the limit when little could be joined keeps it rare.
            if files[run.file].entries.count >= files[run.file].limit {
                join(run.file)
                files[run.file].limit = max(64, 2 * files[run.file].entries.count)
            }
        }
    }

    /// The ranges of a file that no run covers, in ascending order.
    mutating func gaps(file: Int, byteCount: Int) -> [Range<Int>] {
        join(file)
        var gaps: [Range<Int>] = []
        var position = 0
        for entry in files[file].entries {
            if entry.offset > position { gaps.append(position..<entry.offset) }
            position = entry.end
        }
        if position < byteCount { gaps.append(position..<byteCount) }
        return gaps
    }

    /// The checksum of a file that has no gaps.
    mutating func total(file: Int) -> Checksum {
        join(file)
        return files[file].entries.first?.checksum ?? Checksum()
    }

    private mutating func join(_ file: Int) {
        var joined: [Entry] = []
        for entry in files[file].entries.sorted(by: { $0.offset < $1.offset }) where entry.checksum.byteCount > 0 {
            guard let last = joined.last, entry.offset <= last.end else {
                joined.append(entry)
                continue
            }
            // Two tensors may be averaged from one and the same place of a member, which counts once. One that overlaps
            // in part cannot be cut: it is forgotten, and what it leaves is a gap.
            if entry.offset == last.end {
                joined[joined.count - 1].checksum = last.checksum.appending(entry.checksum)
            }
        }
        files[file].entries = joined
    }
}
