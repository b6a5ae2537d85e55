import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct ElementRunsTests {
    static let views = [
        StridedView("transposed", [4, 6], [1, 4], [0..<24]),
        StridedView("channels_last", [2, 3, 4, 5], [60, 1, 15, 3], [0..<120]),
        StridedView("the left columns", [3, 5], [8, 1], [0..<5, 8..<13, 16..<21]),
        StridedView("every second", [4], [2], [0..<1, 2..<3, 4..<5, 6..<7]),
        StridedView("gaps on two levels", [2, 2, 3], [16, 4, 1], [0..<3, 4..<7, 16..<19, 20..<23]),
        StridedView("gaps, transposed", [3, 2], [1, 5], [0..<3, 5..<8]),
        StridedView("rows of one row", [1000, 4], [0, 1], [0..<4]),
        StridedView("one number", [5, 7], [0, 0], [0..<1]),
        StridedView("expanded with gaps", [2, 3, 2], [6, 0, 1], [0..<2, 6..<8]),
        StridedView("sliding window", [8, 3], [1, 1], [0..<10]),
        StridedView("sliding rows", [4, 5], [3, 1], [0..<14]),
        StridedView("rows that overlap without a first dimension", [2, 3], [3, 2], [0..<1, 2..<6, 7..<8]),
        StridedView("a dimension of one element, however far", [1, 3], [1000, 2], [0..<1, 2..<3, 4..<5]),
    ]

    @Test("the bytes of views", arguments: views, [ElementType.f32, .bf16, .f64, .c128])
    func view(view: StridedView, type: ElementType) {
        #expect(ElementRuns.ranges(of: [view.tensor(type)]) == view.ranges(type.bitCount / 8))
    }

    @Test("any view takes the bytes that its elements take, one by one")
    func property() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let rank = Int.random(in: 1...4, using: &random)
            let shape = (0..<rank).map { _ in Int.random(in: 1...5, using: &random) }
            let strides = (0..<rank).map { _ in Int.random(in: 0...12, using: &random) }
            var elements: Set = [0]
            for (extent, stride) in zip(shape, strides) {
                elements = Set(elements.flatMap { start in (0..<extent).map { start + $0 * stride } })
            }
            let tensor = StridedView("", shape, strides, []).tensor(.bf16)
            let ranges = ElementRuns.ranges(of: [tensor]) ?? []
            let found = ranges.flatMap { stride(from: $0.lowerBound, to: $0.upperBound, by: 2) }.map { ($0 - 64) / 2 }
            #expect(found == elements.sorted(), "shape \(shape), strides \(strides)")
            let isApart = zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
            #expect(isApart, "shape \(shape), strides \(strides)")
        }
    }

    @Test("several tensors of one buffer fill each other's gaps; those that are tied count once")
    func joined() {
        let even = CatalogSample.tensor("even", 0..<28, shape: [4], strides: [2])
        let odd = CatalogSample.tensor("odd", 4..<32, shape: [4], strides: [2])
        let plain = CatalogSample.tensor("plain", 40..<48)
        #expect(ElementRuns.ranges(of: [even, odd]) == [0..<32])
        #expect(ElementRuns.ranges(of: [even, even]) == [0..<4, 8..<12, 16..<20, 24..<28])
        #expect(ElementRuns.ranges(of: [plain, odd]) == [4..<8, 12..<16, 20..<24, 28..<32, 40..<48])
    }

    @Test("up to the limit, and not one run more, whatever the shape claims")
    func limit() throws {
        func runs(_ shape: [Int], _ strides: [Int]) -> Int? {
            ElementRuns.ranges(of: [StridedView("", shape, strides, []).tensor()])?.count
        }
        #expect(runs([ElementRuns.limit], [2]) == ElementRuns.limit)
        #expect(runs([ElementRuns.limit + 1], [2]) == nil)
        #expect(runs([256, 256], [1024, 2]) == ElementRuns.limit)
        #expect(runs([257, 256], [1024, 2]) == nil)
        for (shape, strides) in [([1 << 20, 3], [1, 1]), ([3, 1 << 20], [1, 1]), ([1 << 20, 5], [3, 1])] {
            #expect(runs(shape, strides) == 1, "a sliding window over much is one run")
        }
        #expect(runs([1 << 20, 1 << 20], [1 << 30, 2]) == nil)
        let half = StridedView("", [ElementRuns.limit / 2], [2], []).tensor()
        #expect(ElementRuns.ranges(of: [half, half])?.count == ElementRuns.limit / 2)
        let more = StridedView("", [ElementRuns.limit / 2 + 1], [2], []).tensor()
        #expect(ElementRuns.ranges(of: [half, more]) == nil, "the limit is that of all tensors together")
    }
}
