import TensorFormats
import Testing

@testable import Averaging

@Suite struct ChunkQueueTests {
    @Test("every byte is in one chunk, in order, whatever the sizes of files", arguments: [1, 7, 64, 1000])
    func coverage(chunk: Int) {
        let ranges = [0..<3, 0..<0, 5..<2000, 0..<chunk, 1..<(chunk + 2)].enumerated().map {
            ChunkQueue.Chunk(file: $0, range: $1)
        }
        let queue = ChunkQueue(ranges, chunkByteCount: chunk)
        var next = ranges.map(\.range.lowerBound)
        while let found = queue.take() {
            #expect(found.range.lowerBound == next[found.file])
            #expect(!found.range.isEmpty && found.range.count <= chunk)
            #expect((found.range.lowerBound - ranges[found.file].range.lowerBound).isMultiple(of: chunk))
            next[found.file] = found.range.upperBound
        }
        #expect(next == ranges.map(\.range.upperBound))
        #expect(queue.take() == nil)
    }

    @Test("chunks and steps fit the memory that a pass may hold", arguments: [1, 2, 3, 5, 10, 20, 64])
    func sizes(members: Int) {
        for threads in [1, 2, 4, 8] {
            let chunk = ChunkSize.chunk(threads: threads, members: members, outputs: 1)
            #expect(chunk.isMultiple(of: 4096) && chunk >= ChunkSize.smallest && chunk <= ChunkSize.largest)
            #expect(chunk == ChunkSize.smallest || threads * (members + 1) * chunk <= ChunkSize.budget)
            #expect(ChunkSize.step(members: members).isMultiple(of: 16))
        }
    }

    @Test("a chunk that ends inside an element has the whole element, and no byte twice", arguments: 0..<9)
    func segments(shift: Int) {
        let output = SpanPlan.Output(
            relativePath: "",
            template: 0,
            byteCount: 700,
            spans: [
                span(.f64, (3 + shift)..<(3 + shift + 160), cuts: [0, 64]),
                span(.bf16, (200 + shift)..<(200 + shift + 302), cuts: [0]),
            ]
        )
        for chunk in [1, 5, 8, 33, 700] {
            var position = 0
            for start in stride(from: 0, to: 700, by: chunk) {
                let end = min(start + chunk, 700)
                var cursor = SegmentCursor(output, start..<end)
                while let segment = cursor.next() {
                    #expect(segment.output.lowerBound == position && segment.output.upperBound <= end)
                    position = segment.output.upperBound
                    check(segment)
                }
                #expect(position == end)
            }
        }
    }

    private func span(_ type: ElementType, _ output: Range<Int>, cuts: [Int]) -> SpanPlan.Span {
        let ends = cuts.dropFirst() + [output.count]
        let pieces = zip(cuts, ends).map { SpanPlan.Piece(member: 0, input: 0, offset: 1000 + $0, part: $0..<$1) }
        return SpanPlan.Span(tensor: 0, elementType: type, output: output, pieces: pieces)
    }

    private func check(_ segment: Segment) {
        guard let span = segment.span, let place = segment.place(of: 0) else {
            #expect(segment.span == nil)
            return
        }
        let size = span.elementType.bitCount / 8
        let exact =
            (segment.output.lowerBound - span.output.lowerBound)..<(segment.output.upperBound - span.output.lowerBound)
        #expect(segment.elements.lowerBound.isMultiple(of: size) && segment.elements.count.isMultiple(of: size))
        #expect(
            segment.elements.lowerBound <= exact.lowerBound && exact.lowerBound - segment.elements.lowerBound < size
        )
        #expect(
            segment.elements.upperBound >= exact.upperBound && segment.elements.upperBound - exact.upperBound < size
        )
        #expect(place.range == (1000 + segment.elements.lowerBound)..<(1000 + segment.elements.upperBound))
        #expect(
            span.pieces.contains { $0.part.lowerBound <= exact.lowerBound && exact.upperBound <= $0.part.upperBound }
        )
    }
}
