/// Checksums of pieces of files, gathered in any order and put together at the end.
///
/// Neighbouring pieces that come one after the other are summed as one run, so that thousands of small tensors in a row
/// cost no more than one large one.
struct ChecksumRuns {
    struct Run {
        let offset: Int
        var checksum: ContentChecksum
        var end: Int { offset + checksum.byteCount }
    }

    /// Runs by file, in the order in which they were begun.
    private(set) var runs: [[Run]]

    init(fileCount: Int) {
        runs = Array(repeating: [], count: fileCount)
    }

    /// Adds the bytes at an offset of a file.
    mutating func add(_ bytes: UnsafeRawBufferPointer, file: Int, offset: Int) {
        if let last = runs[file].indices.last, runs[file][last].end == offset {
            runs[file][last].checksum.update(bytes)
        } else {
            var checksum = ContentChecksum()
            checksum.update(bytes)
            runs[file].append(Run(offset: offset, checksum: checksum))
        }
    }

    /// Takes over what another worker gathered.
    mutating func merge(_ other: ChecksumRuns) {
        for file in runs.indices { runs[file] += other.runs[file] }
    }

    /// The checksum of a whole file; `fill` supplies that of each gap.
    func total(file: Int, byteCount: Int, fill: (Range<Int>) throws -> ContentChecksum) rethrows -> ContentChecksum {
        var total = ContentChecksum()
        for run in runs[file].sorted(by: { $0.offset < $1.offset }) where run.end > total.byteCount {
            if run.offset > total.byteCount {
                total = total.appending(try fill(total.byteCount..<run.offset))
            }
            // Two tensors of the newest may be averaged from one and the same place of a member; it counts once.
            let overlap = total.byteCount - run.offset
            total = overlap == 0 ? total.appending(run.checksum) : total.appending(try fill(total.byteCount..<run.end))
        }
        return total.byteCount < byteCount ? total.appending(try fill(total.byteCount..<byteCount)) : total
    }
}
