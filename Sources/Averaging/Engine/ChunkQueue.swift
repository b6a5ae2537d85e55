import Synchronization

/// Hands out the outputs in chunks, each to one worker, in the order of the files.
final class ChunkQueue: Sendable {
    /// A piece of one output, or of one input that is only checksummed.
    struct Chunk: Equatable {
        /// Index of the file.
        let file: Int
        /// The bytes of it.
        let range: Range<Int>
    }

    private let ranges: [Chunk]
    private let firstChunks: [Int]
    private let chunkCount: Int
    private let chunkByteCount: Int
    private let next = Atomic(0)

    /// Cuts ranges of files into chunks of the given size, each counted from its range's begin.
    init(_ ranges: [Chunk], chunkByteCount: Int) {
        var firstChunks: [Int] = []
        var count = 0
        for range in ranges {
            firstChunks.append(count)
            count += (range.range.count + chunkByteCount - 1) / chunkByteCount
        }
        self.ranges = ranges
        self.firstChunks = firstChunks
        self.chunkByteCount = chunkByteCount
        chunkCount = count
    }

    /// The next chunk, or nil when all are taken.
    func take() -> Chunk? {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < chunkCount else { return nil }
        let place = firstChunks.partitioningIndex { $0 > index } - 1
        let whole = ranges[place].range
        let start = whole.lowerBound + (index - firstChunks[place]) * chunkByteCount
        return Chunk(file: ranges[place].file, range: start..<min(start + chunkByteCount, whole.upperBound))
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies a predicate that holds from some element on; the end if there is none.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
