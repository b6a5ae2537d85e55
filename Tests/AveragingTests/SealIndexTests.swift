import TensorFormats
import Testing

@testable import Averaging

@Suite struct SealIndexTests {
    private static func seal(_ range: Range<Int>) -> ByteSeal {
        ByteSeal(range: range, checksum: UInt32(range.lowerBound), places: [])
    }

    private static let index = SealIndex([
        [], [seal(0..<10), seal(10..<20), seal(30..<30), seal(40..<50)], [], [seal(5..<6)], [],
    ])

    @Test("the seals of all files have consecutive numbers, and each number leads back")
    func numbers() {
        #expect(Self.index.count == 5 && Self.index.fileCount == 5)
        let found = (0..<5).map { Self.index.seal(number: $0) }
        #expect(found.map(\.file) == [1, 1, 1, 1, 3])
        #expect(found.map(\.seal.range.lowerBound) == [0, 10, 30, 40, 5])
        #expect((0..<4).map { Self.index.number($0, file: 1) } == [0, 1, 2, 3])
        #expect(Self.index.number(0, file: 3) == 4)
        #expect(SealIndex([]).count == 0)
    }

    @Test(
        "the sealed parts of a range",
        arguments: [
            (0..<50, [0: 0..<10, 1: 10..<20, 2: 30..<30, 3: 40..<50]), (9..<11, [0: 9..<10, 1: 10..<11]),
            (10..<12, [1: 10..<12]), (20..<29, [:]), (20..<30, [:]), (29..<41, [2: 30..<30, 3: 40..<41]),
            (49..<60, [3: 49..<50]), (50..<60, [:]), (44..<45, [3: 44..<45]),
        ] as [(Range<Int>, [Int: Range<Int>])]
    )
    func parts(range: Range<Int>, expected: [Int: Range<Int>]) {
        var found: [Int: Range<Int>] = [:]
        Self.index.forEachPart(of: range, file: 1) { number, part, start in
            #expect(found.updateValue(part, forKey: number) == nil)
            #expect(start == Self.index.seal(number: number).seal.range.lowerBound)
        }
        #expect(found == expected)
        Self.index.forEachPart(of: range, file: 2) { _, _, _ in Issue.record("file 2 has no seals") }
    }
}
