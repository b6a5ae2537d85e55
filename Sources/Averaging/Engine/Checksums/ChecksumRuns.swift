/// Checksums of the pieces that one worker came by, in any order.
///
/// Neighbouring pieces of a file that come one after the other are summed as one run, so that thousands of small
/// tensors in a row cost no more than one large one.
struct ChecksumRuns<Checksum: RunningChecksum> {
    struct Run {
        let file: Int
        let offset: Int
        var checksum: Checksum
        var range: Range<Int> { offset..<(offset + checksum.byteCount) }
    }

    private(set) var runs: [Run] = []
    private var lastOfFile: [Int?]

    init(fileCount: Int) {
        lastOfFile = Array(repeating: nil, count: fileCount)
    }

    /// Adds the bytes at an offset of a file.
    mutating func add(_ bytes: UnsafeRawBufferPointer, file: Int, offset: Int) {
        if let last = lastOfFile[file], runs[last].range.upperBound == offset {
            runs[last].checksum.update(bytes)
        } else {
            var checksum = Checksum()
            checksum.update(bytes)
            lastOfFile[file] = runs.count
            runs.append(Run(file: file, offset: offset, checksum: checksum))
        }
    }

    /// Forgets all runs, after they were handed on.
    mutating func removeAll() {
        for run in runs { lastOfFile[run.file] = nil }
        runs.removeAll(keepingCapacity: true)
    }
}
