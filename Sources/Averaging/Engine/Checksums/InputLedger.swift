import TensorFormats

/// What all workers together read: the content of each input, and whether its seals hold.
struct InputLedger {
    /// A seal that does not hold.
    struct Broken {
        let file: Int
        let range: Range<Int>
        let expected: UInt32
        let found: UInt32
    }

    /// The seal that was found broken first in the order of files.
    private(set) var broken: Broken?

    private var contents = ChecksumLedger<ContentChecksum>()
    private var seals = ChecksumLedger<ZipChecksum>()
    private var isChecked: [Bool]
    private let index: SealIndex
    private let inputs: [SpanPlan.Input]

    init(_ inputs: [SpanPlan.Input], _ index: SealIndex) {
        self.index = index
        self.inputs = inputs
        isChecked = Array(repeating: false, count: index.count)
    }

    /// Takes over what a worker read.
    mutating func merge(_ checksums: InputChecksums) {
        contents.merge(checksums.contents)
        for run in checksums.seals.runs where !isChecked[run.file] {
            // Nearly every sealed range comes in one run, and then nothing of it needs to be kept.
            if run.checksum.byteCount == index.seal(number: run.file).seal.range.count {
                check(run.file, run.checksum)
            } else {
                seals.add(run)
            }
        }
    }

    /// What nobody has read yet, by input and in ascending order.
    mutating func gaps() -> [ChunkQueue.Chunk] {
        inputs.indices.filter { inputs[$0].known == nil }.flatMap { file in
            contents.gaps(file: file, byteCount: inputs[file].byteCount).map { ChunkQueue.Chunk(file: file, range: $0) }
        }
    }

    /// What has to be read once more because the runs of a sealed range do not fit together.
    mutating func sealGaps() -> [ChunkQueue.Chunk] {
        var gaps: [ChunkQueue.Chunk] = []
        for number in isChecked.indices where !isChecked[number] {
            let (file, seal) = index.seal(number: number)
            let missing = seals.gaps(file: number, byteCount: seal.range.count)
            if missing.isEmpty { check(number, seals.total(file: number)) }
            for range in missing {
                let start = seal.range.lowerBound
                let place = (start + range.lowerBound)..<(start + range.upperBound)
                gaps.append(ChunkQueue.Chunk(file: file, range: place))
            }
        }
        return gaps
    }

    /// The checksum of each input, once there are no gaps.
    mutating func totals() -> [ContentChecksum] {
        inputs.indices.map { inputs[$0].known ?? contents.total(file: $0) }
    }

    private mutating func check(_ number: Int, _ checksum: ZipChecksum) {
        isChecked[number] = true
        let (file, seal) = index.seal(number: number)
        guard checksum.value != seal.checksum else { return }
        if let broken, (broken.file, broken.range.lowerBound) < (file, seal.range.lowerBound) { return }
        broken = Broken(file: file, range: seal.range, expected: seal.checksum, found: checksum.value)
    }
}
