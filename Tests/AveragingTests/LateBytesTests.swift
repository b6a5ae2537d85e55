import TensorFormats
import Testing

@testable import Averaging

@Suite struct LateBytesTests {
    private static func output(_ places: [[Int]], amendments: [Range<Int>] = []) -> SpanPlan.Output {
        SpanPlan.Output(
            relativePath: "x",
            template: 0,
            byteCount: 1000,
            spans: [],
            seals: places.map { ByteSeal(range: 0..<1, checksum: 0, places: $0) },
            amendments: amendments.map {
                ByteAmendment(offset: $0.lowerBound, bytes: Array(repeating: 1, count: $0.count))
            }
        )
    }

    @Test("without seals and amendments nothing is late")
    func none() {
        #expect(LateBytes(Self.output([])).excluded(from: 3..<9) == [3..<9])
        #expect(LateBytes(Self.output([])).excluded(from: 3..<3) == [3..<3])
    }

    @Test(
        "the four bytes of each seal and all of an amendment are left out, in whatever order they are told",
        arguments: [
            (0..<1000, [20..<100, 104..<500, 508..<700, 704..<1000]), (20..<100, [20..<100]), (100..<104, []),
            (99..<105, [99..<100, 104..<105]), (101..<103, []), (102..<110, [104..<110]), (90..<102, [90..<100]),
            (504..<508, []), (0..<20, []), (10..<30, [20..<30]), (703..<705, [704..<705]),
        ] as [(Range<Int>, [Range<Int>])]
    )
    func places(range: Range<Int>, expected: [Range<Int>]) {
        let late = LateBytes(Self.output([[700, 100], [504], [500]], amendments: [0..<20]))
        #expect(late.excluded(from: range) == expected)
    }

    @Test("outputs and their seals are numbered through, weights by weights")
    func numbers() {
        let seal = ByteSeal(range: 0..<1, checksum: 0, places: [])
        let outputs = [2, 0, 3].map { count in
            SpanPlan.Output(
                relativePath: "x",
                template: 0,
                byteCount: 10,
                spans: [],
                seals: Array(repeating: seal, count: count)
            )
        }
        let plan = SpanPlan(inputs: [], outputs: outputs, memberCount: 2, weights: [.uniform(2), .uniform(2)])
        let numbers = OutputNumbers(plan)
        #expect(numbers.fileCount == 6)
        let files = (0..<2).flatMap { weights in (0..<3).map { numbers.file(weights: weights, output: $0) } }
        #expect(files == Array(0..<6))
        let seals = (0..<2).flatMap { weights in (0..<5).map { numbers.seal(weights: weights, number: $0) } }
        #expect(seals == Array(0..<10))
    }
}
