import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct InputLedgerTests {
    /// Files in memory with true seals, and on disk only as far as their sizes.
    private struct Sample {
        var bytes: [[UInt8]]
        let seals: [[ByteSeal]]
        let inputs: [SpanPlan.Input]

        init(_ bytes: [[UInt8]], _ ranges: [[Range<Int>]], in directory: FilePath) throws {
            self.bytes = bytes
            seals = zip(bytes, ranges).map { bytes, ranges in
                ranges.map { ByteSeal(range: $0, checksum: EngineScenario.crc32(bytes[$0]), places: []) }
            }
            inputs = try zip(bytes, seals).enumerated().map { index, pair in
                let path = directory.appending("\(index)")
                try Fixture.write(pair.0, to: path)
                let file = CheckpointFile(
                    relativePath: "\(index)",
                    fingerprint: FileFingerprint(try FileStatus.of(path))
                )
                return SpanPlan.Input(member: 0, path: path, file: file, seals: pair.1)
            }
        }

        var index: SealIndex { SealIndex(seals) }

        /// A worker that reads these pieces one after the other.
        func worker(_ pieces: [ChunkQueue.Chunk]) -> InputChecksums {
            var checksums = InputChecksums(inputs, index)
            for piece in pieces {
                bytes[piece.file].withUnsafeBytes { bytes in
                    let part = UnsafeRawBufferPointer(rebasing: bytes[piece.range])
                    checksums.add(part, file: piece.file, offset: piece.range.lowerBound)
                }
            }
            return checksums
        }

        /// Reads what is missing as a pass does, and returns what does not hold.
        func finish(_ ledger: inout InputLedger) -> InputLedger.Broken? {
            ledger.merge(worker(ledger.gaps()))
            #expect(ledger.gaps().isEmpty)
            ledger.merge(worker(ledger.sealGaps()))
            #expect(ledger.sealGaps().isEmpty)
            #expect(ledger.totals() == bytes.map(AverageCheck.checksum))
            return ledger.broken
        }
    }

    private static func random(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test(
        "whatever was read of files, in any order, once or again, they hold; a changed bit does not",
        arguments: 0..<40
    )
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withTemporaryDirectory { directory in
            let files = (0..<3).map { _ in Self.random(Int.random(in: 0...400, using: &random), &random) }
            let ranges = files.map { bytes in
                let cuts = Set((0..<8).map { _ in Int.random(in: 0...bytes.count, using: &random) }).sorted()
                return zip(cuts, cuts.dropFirst()).map { $0..<$1 }.filter { _ in Bool.random(using: &random) }
            }
            var sample = try Sample(files, ranges, in: directory)
            let pieces = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                let file = Int.random(in: 0..<3, using: &random)
                let start = Int.random(in: 0...files[file].count, using: &random)
                let end = Int.random(in: start...min(files[file].count, start + 90), using: &random)
                return ChunkQueue.Chunk(file: file, range: start..<end)
            }
            var ledger = InputLedger(sample.inputs, sample.index)
            for piece in pieces { ledger.merge(sample.worker([piece])) }
            #expect(sample.finish(&ledger) == nil)

            let sealed = sample.index.count
            guard sealed > 0 else { return }
            let (file, seal) = sample.index.seal(number: Int.random(in: 0..<sealed, using: &random))
            sample.bytes[file][Int.random(in: seal.range, using: &random)] ^= 0x40
            var second = InputLedger(sample.inputs, sample.index)
            second.merge(sample.worker(pieces))
            let broken = try #require(sample.finish(&second))
            #expect(broken.file == file && broken.range == seal.range && broken.expected == seal.checksum)
            #expect(broken.found == EngineScenario.crc32(sample.bytes[file][seal.range]))
        }
    }

    @Test("the first broken seal in the order of files is told, whenever it is found")
    func first() throws {
        try withTemporaryDirectory { directory in
            var sample = try Sample(
                [Array(0..<100), Array(100..<200)],
                [[0..<50, 50..<100], [0..<100]],
                in: directory
            )
            for file in 0..<2 { for index in [60, 99] { sample.bytes[file][index] ^= 1 } }
            let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]]
            let chunks = [
                ChunkQueue.Chunk(file: 0, range: 0..<50), ChunkQueue.Chunk(file: 0, range: 50..<100),
                ChunkQueue.Chunk(file: 1, range: 0..<100),
            ]
            for order in orders {
                var ledger = InputLedger(sample.inputs, sample.index)
                for number in order { ledger.merge(sample.worker([chunks[number]])) }
                #expect(ledger.broken?.file == 0 && ledger.broken?.range == 50..<100)
            }
        }
    }

    @Test("an empty seal holds, and needs no reading")
    func empty() throws {
        try withTemporaryDirectory { directory in
            let sample = try Sample([Array(0..<10), []], [[4..<4], [0..<0]], in: directory)
            var ledger = InputLedger(sample.inputs, sample.index)
            #expect(ledger.sealGaps().isEmpty)
            #expect(sample.finish(&ledger) == nil)
        }
    }

    @Test("without seals only contents are kept")
    func unsealed() throws {
        try withTemporaryDirectory { directory in
            let sample = try Sample([Array(0..<10)], [[]], in: directory)
            let worker = sample.worker([ChunkQueue.Chunk(file: 0, range: 0..<10)])
            #expect(worker.seals.runs.isEmpty && worker.contents.runs.count == 1)
            var ledger = InputLedger(sample.inputs, sample.index)
            ledger.merge(worker)
            #expect(ledger.gaps().isEmpty && ledger.broken == nil)
            var emptied = worker
            emptied.removeAll()
            #expect(emptied.contents.runs.isEmpty)
        }
    }
}
