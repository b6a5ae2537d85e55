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
    private var lastOfLane: [Int?]

    /// Bytes come in so many lanes, in each of which neighbours come one after the other.
    init(laneCount: Int) {
        lastOfLane = Array(repeating: nil, count: laneCount)
    }

    /// Adds the bytes at an offset of a file, which is a lane of its own unless another one is named.
    mutating func add(_ bytes: UnsafeRawBufferPointer, file: Int, offset: Int, lane: Int? = nil) {
        let lane = lane ?? file
        if let last = lastOfLane[lane], runs[last].file == file, runs[last].range.upperBound == offset {
            runs[last].checksum.update(bytes)
        } else {
            var checksum = Checksum()
            checksum.update(bytes)
            lastOfLane[lane] = runs.count
            runs.append(Run(file: file, offset: offset, checksum: checksum))
        }
    }

    /// Forgets all runs, after they were handed on.
    mutating func removeAll() {
        for lane in lastOfLane.indices { lastOfLane[lane] = nil }
        runs.removeAll(keepingCapacity: true)
    }
}
