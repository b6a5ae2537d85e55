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
        private var limit = 64

        mutating func add(_ entry: Entry) {
            entries.append(entry)
            // Joining costs a sort; doubling the limit when little could be joined keeps it rare.
            if entries.count >= limit {
                join()
                limit = max(64, 2 * entries.count)
            }
        }

        mutating func join() {
            var joined: [Entry] = []
            for entry in entries.sorted(by: { $0.offset < $1.offset }) where entry.checksum.byteCount > 0 {
                guard let last = joined.last, entry.offset <= last.end else {
                    joined.append(entry)
                    continue
                }
                // Two tensors may be averaged from one and the same place of a member, which counts once. One that
                // overlaps in part cannot be cut: it is forgotten, and what it leaves is a gap.
                if entry.offset == last.end {
                    joined[joined.count - 1].checksum = last.checksum.appending(entry.checksum)
                }
            }
            entries = joined
        }
    }

    private var files: [Int: File] = [:]

    /// Takes over the runs of a worker.
    mutating func merge(_ runs: ChecksumRuns<Checksum>) {
        for run in runs.runs { add(run) }
    }

    /// Takes over one run.
    mutating func add(_ run: ChecksumRuns<Checksum>.Run) {
        files[run.file, default: File()].add(Entry(offset: run.offset, checksum: run.checksum))
    }

    /// The ranges of a file that no run covers, in ascending order.
    mutating func gaps(file: Int, byteCount: Int) -> [Range<Int>] {
        files[file]?.join()
        var gaps: [Range<Int>] = []
        var position = 0
        for entry in files[file]?.entries ?? [] {
            if entry.offset > position { gaps.append(position..<entry.offset) }
            position = entry.end
        }
        if position < byteCount { gaps.append(position..<byteCount) }
        return gaps
    }

    /// The checksum of a file that has no gaps.
    mutating func total(file: Int) -> Checksum {
        files[file]?.join()
        return files[file]?.entries.first?.checksum ?? Checksum()
    }
}
