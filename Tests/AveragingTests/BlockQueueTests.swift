import TensorFormats
import Testing

@testable import Averaging

@Suite struct BlockQueueTests {
    private func output(byteCount: Int, spans: [(ElementType, Range<Int>)]) -> SpanPlan.Output {
        SpanPlan.Output(
            relativePath: "",
            template: 0,
            byteCount: byteCount,
            spans: spans.enumerated().map { index, span in
                SpanPlan.Span(tensor: index, elementType: span.0, output: span.1, sources: [])
            }
        )
    }

    @Test("every byte is in one block, and no element in two", arguments: 0..<9)
    func coverage(shift: Int) {
        let block = BlockQueue.blockByteCount
        let long = (5 * block / 8) * 8
        let middle = 100 + shift + long
        let outputs = [
            output(byteCount: 3, spans: []),
            output(
                byteCount: middle + 17 + 2 * (block + 3),
                spans: [
                    (.f64, (100 + shift)..<middle), (.bf16, (middle + 17)..<(middle + 17 + 2 * (block + 3))),
                ]
            ),
            output(byteCount: block, spans: [(.f32, 0..<block)]),
            output(byteCount: block + 1, spans: [(.f64, (1 + shift % 8)..<(1 + shift % 8 + block - 8))]),
        ]
        let queue = BlockQueue(outputs)
        var next = Array(repeating: 0, count: outputs.count)
        while let found = queue.take() {
            #expect(found.range.lowerBound == next[found.output])
            #expect(!found.range.isEmpty && found.range.count <= block + 7)
            next[found.output] = found.range.upperBound
            for span in outputs[found.output].spans where span.output.contains(found.range.upperBound) {
                let offset = found.range.upperBound - span.output.lowerBound
                #expect(offset.isMultiple(of: span.elementType.bitCount / 8))
            }
        }
        #expect(next == outputs.map(\.byteCount))
        #expect(queue.take() == nil)
    }

    @Test("checksums of pieces in any order, with gaps and overlaps, are the whole's")
    func checksumRuns() {
        var random = SeededGenerator(seed: 5)
        let bytes = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for round in 0..<50 {
            var runs = [ChecksumRuns(fileCount: 2), ChecksumRuns(fileCount: 2)]
            for _ in 0..<(round % 20) {
                let start = Int.random(in: 0..<5000, using: &random)
                let end = min(5000, start + Int.random(in: 1...700, using: &random))
                add(bytes, start..<end, to: &runs[Int.random(in: 0...1, using: &random)])
            }
            runs[0].merge(runs[1])
            let total = runs[0].total(file: 1, byteCount: 5000) { AverageCheck.checksum(Array(bytes[$0])) }
            #expect(total == AverageCheck.checksum(bytes))
            #expect(runs[0].total(file: 0, byteCount: 0) { _ in ContentChecksum() } == ContentChecksum())
        }
    }

    private func add(_ bytes: [UInt8], _ range: Range<Int>, to runs: inout ChecksumRuns) {
        bytes.withUnsafeBytes {
            runs.add(UnsafeRawBufferPointer(rebasing: $0[range]), file: 1, offset: range.lowerBound)
        }
    }
}
