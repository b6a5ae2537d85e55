import TensorFormats

/// The checksums of what one worker read: of all bytes of each input whose content is not known, and of those that it
/// seals.
struct InputChecksums {
    private(set) var contents: ChecksumRuns<ContentChecksum>
    private(set) var seals: ChecksumRuns<ZipChecksum>

    private let index: SealIndex
    private let isKnown: [Bool]

    init(_ inputs: [SpanPlan.Input], _ index: SealIndex) {
        self.index = index
        isKnown = inputs.map { $0.known != nil }
        contents = ChecksumRuns(laneCount: index.fileCount)
        seals = ChecksumRuns(laneCount: index.fileCount)
    }

    /// Adds the bytes at an offset of an input.
    mutating func add(_ bytes: UnsafeRawBufferPointer, file: Int, offset: Int) {
        guard !isKnown[file] else { return }
        contents.add(bytes, file: file, offset: offset)
        guard index.count > 0 else { return }
        index.forEachPart(of: offset..<(offset + bytes.count), file: file) { number, part, start in
            let slice = UnsafeRawBufferPointer(
                rebasing: bytes[(part.lowerBound - offset)..<(part.upperBound - offset)]
            )
            seals.add(slice, file: number, offset: part.lowerBound - start, lane: file)
        }
    }

    /// Forgets the runs, after they were handed on.
    mutating func removeAll() {
        contents.removeAll()
        seals.removeAll()
    }
}
