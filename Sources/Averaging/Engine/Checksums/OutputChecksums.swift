import TensorFormats

/// The checksums of what one worker wrote: of all bytes of each output, and of those that an output seals.
struct OutputChecksums {
    private(set) var contents: ChecksumRuns<ContentChecksum>
    private(set) var seals: ChecksumRuns<ZipChecksum>

    private let numbers: OutputNumbers

    init(_ numbers: OutputNumbers) {
        self.numbers = numbers
        contents = ChecksumRuns(laneCount: numbers.fileCount)
        seals = ChecksumRuns(laneCount: numbers.fileCount)
    }

    /// Adds a chunk of an output as it is written, made with the weights of that index.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ chunk: ChunkQueue.Chunk, weights: Int) {
        let file = numbers.file(weights: weights, output: chunk.file)
        // What stands in the places of seals is not known yet.
        for range in numbers.late[chunk.file].excluded(from: chunk.range) {
            contents.add(Self.slice(bytes, range, chunk), file: file, offset: range.lowerBound)
        }
        numbers.seals.forEachPart(of: chunk.range, file: chunk.file) { number, part, start in
            let seal = numbers.seal(weights: weights, number: number)
            seals.add(Self.slice(bytes, part, chunk), file: seal, offset: part.lowerBound - start, lane: file)
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
