import Checkpoints
import TensorFormats
import Testing

@testable import Averaging

@Suite struct TensorRegionTests {
    typealias Sample = CatalogSample

    private func regions(_ files: [TensorInfo]...) throws -> [TensorRegion] {
        TensorRegion.regions(of: try Sample.catalog(files)).sorted { $0.tensors[0] < $1.tensors[0] }
    }

    @Test("neighbours that touch are apart; those that overlap are one, whatever the order of names")
    func overlaps() throws {
        let found = try regions([
            Sample.tensor("c", 8..<16), Sample.tensor("a", 0..<8), Sample.tensor("b", 12..<20),
            Sample.tensor("d", 20..<24),
        ])
        #expect(found.map(\.range) == [8..<20, 0..<8, 20..<24])
        #expect(found.map(\.tensors) == [[0, 2], [1], [3]])
    }

    @Test("a chain of overlaps is one region; what lies within counts up to the farthest end")
    func chains() throws {
        let found = try regions([
            Sample.tensor("all", 0..<100), Sample.tensor("in", 8..<12), Sample.tensor("late", 96..<104),
            Sample.tensor("later", 100..<108), Sample.tensor("next", 108..<112),
        ])
        #expect(found.map(\.tensors) == [[0, 1, 2, 3], [4]])
        #expect(found.map(\.range) == [0..<108, 108..<112])
    }

    @Test("tied tensors are one region; the same place in another file is another")
    func files() throws {
        let found = try regions(
            [Sample.tensor("a", 0..<8), Sample.tensor("tied", 0..<8)],
            [Sample.tensor("b", 0..<8)],
            [Sample.tensor("c", 4..<8)]
        )
        #expect(found.map(\.tensors) == [[0, 1], [2], [3]])
    }

    @Test("tensors without bytes are in none, wherever they are said to lie")
    func empty() throws {
        let found = try regions([
            Sample.tensor("a", 0..<8), Sample.tensor("none", 4..<4), Sample.tensor("b", 8..<12),
            Sample.tensor("end", 12..<12),
        ])
        #expect(found.map(\.tensors) == [[0], [2]])
        #expect(try regions([]).isEmpty)
        #expect(try regions([Sample.tensor("none", 0..<0)]).isEmpty)
    }

    @Test(
        "tensors read the same numbers where type and places of elements agree",
        arguments: [
            (ElementType.f32, 0, ElementType.f32, true), (.f32, 4, .f32, true), (.f32, 2, .f32, false),
            (.f32, 0, .i32, false), (.c64, 8, .c64, true), (.c64, 4, .c64, false), (.c64, 0, .f32, false),
            (.bf16, 2, .bf16, true), (.bf16, 1, .bf16, false), (.f16, 0, .bf16, false),
        ]
    )
    func uniform(first: ElementType, distance: Int, second: ElementType, expected: Bool) throws {
        let catalog = try Sample.catalog([
            [
                Sample.tensor("a", 16..<48, type: first),
                Sample.tensor("b", (16 + distance)..<48, type: second, shape: [1]),
            ]
        ])
        let regions = TensorRegion.regions(of: catalog)
        try #require(regions.count == 1)
        #expect(regions[0].isUniform(in: catalog) == expected)
    }

    @Test("the bytes of a region leave out what no tensor has")
    func ranges() throws {
        let catalog = try Sample.catalog([
            [
                Sample.tensor("even", 0..<28, shape: [4], strides: [2]), Sample.tensor("third", 12..<16),
                Sample.tensor("a", 40..<48), Sample.tensor("b", 44..<52),
                Sample.tensor(
                    "fine",
                    100..<(100 + 8 * ElementRuns.limit + 4),
                    shape: [ElementRuns.limit + 1],
                    strides: [2]
                ),
            ]
        ])
        let ranges = TensorRegion.regions(of: catalog).map { $0.ranges(in: catalog) }
        #expect(ranges == [[0..<4, 8..<20, 24..<28], [40..<52], nil])
    }
}
