import TestSupport
import Testing

@testable import Averaging

@Suite struct ChecksumLedgerTests {
    @Test("checksums of pieces in any order, with gaps and overlaps, are the whole's", arguments: 0..<60)
    func anyOrder(round: Int) {
        var random = SeededGenerator(seed: UInt64(round))
        let bytes = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var ledger = ChecksumLedger<ContentChecksum>()
        for _ in 0..<(round * 3) {
            var runs = ChecksumRuns<ContentChecksum>(laneCount: 2)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let start = Int.random(in: 0..<5000, using: &random)
                add(bytes, start..<min(5000, start + Int.random(in: 1...300, using: &random)), to: &runs)
            }
            ledger.merge(runs)
        }
        var rest = ChecksumRuns<ContentChecksum>(laneCount: 2)
        for gap in ledger.gaps(file: 1, byteCount: 5000) { add(bytes, gap, to: &rest) }
        ledger.merge(rest)
        #expect(ledger.gaps(file: 1, byteCount: 5000).isEmpty)
        #expect(ledger.total(file: 1) == AverageCheck.checksum(bytes))
        #expect(ledger.total(file: 0) == ContentChecksum())
        #expect(ledger.gaps(file: 0, byteCount: 7) == [0..<7])
    }

    @Test("pieces that follow each other are one run")
    func neighbours() {
        let bytes = [UInt8](0..<100)
        var runs = ChecksumRuns<ContentChecksum>(laneCount: 2)
        for start in stride(from: 0, to: 100, by: 10) { add(bytes, start..<(start + 10), to: &runs) }
        #expect(runs.runs.map(\.range) == [0..<100])
        runs.removeAll()
        add(bytes, 5..<6, to: &runs)
        #expect(runs.runs.map(\.range) == [5..<6])
    }

    private func add(_ bytes: [UInt8], _ range: Range<Int>, to runs: inout ChecksumRuns<ContentChecksum>) {
        bytes.withUnsafeBytes {
            runs.add(UnsafeRawBufferPointer(rebasing: $0[range]), file: 1, offset: range.lowerBound)
        }
    }
}
