/// The checksums of what one worker wrote: of all bytes of each output, and of those that an output seals.
struct OutputChecksums {
    private(set) var contents: ChecksumRuns<ContentChecksum>
    private(set) var seals: ChecksumRuns<ZipChecksum>

    private let index: SealIndex

    init(_ index: SealIndex) {
        self.index = index
        contents = ChecksumRuns(fileCount: index.fileCount)
        seals = ChecksumRuns(fileCount: index.sealCount)
    }

    /// Adds a chunk of an output as it is written, made with the weights of that index.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ chunk: ChunkQueue.Chunk, weights: Int) {
        let file = index.file(weights: weights, output: chunk.file)
        // What stands in the places of seals is not known yet.
        for range in index.unsealed(chunk.range, output: chunk.file) {
            contents.add(Self.slice(bytes, range, chunk), file: file, offset: range.lowerBound)
        }
        for seal in index.seals(touching: chunk.range, output: chunk.file) {
            let part = index.range(of: seal, output: chunk.file).clamped(to: chunk.range)
            let start = index.range(of: seal, output: chunk.file).lowerBound
            let number = index.number(weights: weights, output: chunk.file, seal: seal)
            seals.add(Self.slice(bytes, part, chunk), file: number, offset: part.lowerBound - start)
        }
    }

    /// Forgets the runs, after they were handed on.
    mutating func removeAll() {
        contents.removeAll()
        seals.removeAll()
    }

    private static func slice(
        _ bytes: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        _ chunk: ChunkQueue.Chunk
    ) -> UnsafeRawBufferPointer {
        let start = range.lowerBound - chunk.range.lowerBound
        return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + range.count)])
    }
}
