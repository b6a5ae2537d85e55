import Synchronization

/// Hands out ranges of inputs that are only checksummed, neighbours together, each batch to one worker.
///
/// Between the records of an archive of small tensors lie hundreds of thousands of gaps of a few bytes, which are read
/// by the page and not one by one.
final class GapQueue: Sendable {
    /// The most gaps of a batch, so that what is known of them stays bounded.
    private static let batchCount = 4096

    private let batches: [Range<Int>]
    private let gaps: [ChunkQueue.Chunk]
    private let next = Atomic(0)

    /// Takes gaps in the order of files and places, and cuts those that are longer than a chunk.
    init(_ ranges: [ChunkQueue.Chunk], chunkByteCount: Int) {
        let gaps = ranges.flatMap { gap in
            stride(from: gap.range.lowerBound, to: gap.range.upperBound, by: chunkByteCount).map { start in
                let end = min(start + chunkByteCount, gap.range.upperBound)
                return ChunkQueue.Chunk(file: gap.file, range: start..<end)
            }
        }
        var batches: [Range<Int>] = []
        for (index, gap) in gaps.enumerated() {
            if let last = batches.last, last.count < Self.batchCount, gaps[last.lowerBound].file == gap.file,
                gap.range.upperBound - gaps[last.lowerBound].range.lowerBound <= chunkByteCount
            {
                batches[batches.count - 1] = last.lowerBound..<(index + 1)
            } else {
                batches.append(index..<(index + 1))
            }
        }
        self.gaps = gaps
        self.batches = batches
    }

    /// The next batch, or nil when all are taken.
    func take() -> ArraySlice<ChunkQueue.Chunk>? {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < batches.count ? gaps[batches[index]] : nil
    }
}
