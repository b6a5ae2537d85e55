import Checkpoints
import TestSupport
import Testing

@Suite struct PinBudgetTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let members: [(step: Int, byteCount: Int, isPinned: Bool)]
        var maxPinned: Int?
        var available = 1000
        var minFree = 0
        var keep: [Int] = []
        var make: [Int] = []
        var letGo: [Int] = []
        var left: [Int] = []
        var allowed: Int?
    }

    private static func pins(_ steps: [Int], _ byteCount: Int = 100) -> [(Int, Int, Bool)] {
        steps.map { ($0, byteCount, true) }
    }

    private static func checkpoints(_ steps: [Int], _ byteCount: Int = 100) -> [(Int, Int, Bool)] {
        steps.map { ($0, byteCount, false) }
    }

    private static let rows = [
        Row(testDescription: "nothing", members: []),
        Row(testDescription: "room for all", members: pins([1]) + checkpoints([2, 3]), keep: [1], make: [3, 2]),
        Row(
            testDescription: "the budget is spent: the oldest goes",
            members: pins([1, 2, 3]) + checkpoints([4]),
            maxPinned: 300,
            keep: [3, 2],
            make: [4],
            letGo: [1],
            left: [1],
            allowed: 300
        ),
        Row(
            testDescription: "exactly the budget",
            members: pins([1, 2]) + checkpoints([3]),
            maxPinned: 300,
            keep: [2, 1],
            make: [3]
        ),
        Row(
            testDescription: "a byte less than the budget",
            members: pins([1, 2]) + checkpoints([3]),
            maxPinned: 299,
            keep: [2],
            make: [3],
            letGo: [1],
            left: [1],
            allowed: 299
        ),
        Row(
            testDescription: "no budget at all still links",
            members: pins([1], 0) + pins([2]) + checkpoints([3], 0) + checkpoints([4]),
            maxPinned: 0,
            keep: [1],
            make: [3],
            letGo: [2],
            left: [4, 2],
            allowed: 0
        ),
        Row(
            testDescription:
                "free space is short: pins go, oldest first, until it is back, and none that holds nothing",
            members: pins([1], 0) + pins([2, 3, 4]),
            available: 50,
            minFree: 200,
            keep: [4, 1],
            letGo: [3, 2],
            left: [3, 2],
            allowed: 150
        ),
        Row(
            testDescription: "a copy must not take what is to stay free",
            members: checkpoints([1, 2]),
            available: 350,
            minFree: 200,
            make: [2],
            left: [1],
            allowed: 150
        ),
        Row(
            testDescription: "a new one takes the place of the oldest where there is no other room",
            members: pins([1, 2]) + checkpoints([3]),
            available: 200,
            minFree: 200,
            keep: [2],
            make: [3],
            letGo: [1],
            left: [1],
            allowed: 200
        ),
        Row(
            testDescription: "nothing free, nothing pinned",
            members: checkpoints([1, 2]),
            available: 0,
            minFree: 200,
            left: [2, 1],
            allowed: 0
        ),
        Row(
            testDescription: "one that never fits does not take the others with it",
            members: pins([1, 2]) + checkpoints([3], 5000),
            maxPinned: 300,
            keep: [2, 1],
            left: [3],
            allowed: 300
        ),
        Row(
            testDescription: "sizes beyond counting",
            members: pins([1], .max) + checkpoints([2, 3], .max),
            available: .max,
            minFree: -5,
            make: [3],
            letGo: [1],
            left: [2, 1],
            allowed: .max
        ),
    ]

    private func member(_ step: Int, _ byteCount: Int, _ isPinned: Bool) -> PinBudget.Member {
        PinBudget.Member(name: "\(step)", step: Step(step), byteCount: byteCount, isPinned: isPinned)
    }

    @Test(arguments: rows)
    func decisions(row: Row) {
        let budget = PinBudget(maxPinned: row.maxPinned, available: row.available, minFree: row.minFree)
        let decision = budget.decide(on: row.members.map(member))
        #expect(decision.keep == row.keep.map(String.init))
        #expect(decision.make == row.make.map(String.init))
        #expect(decision.letGo == row.letGo.map(String.init))
        #expect(decision.shortfall?.names ?? [] == row.left.map(String.init))
        #expect(decision.shortfall?.allowedByteCount == row.allowed)
        #expect(budget.decide(on: row.members.reversed().map(member)) == decision)
    }

    @Test("what is short, as a sentence")
    func sentences() {
        let members = [member(1, 100, true), member(2, 100, true), member(3, 100, false)]
        let limited = PinBudget(maxPinned: 150, available: 1000, minFree: 0).decide(on: members)
        #expect(
            limited.shortfall?.description
                == "2 of 3 checkpoints of the windows cannot be pinned: all would hold 300 bytes, 150 are allowed; "
                + "raise limits.max_pinned or make the window smaller"
        )
        let full = PinBudget(maxPinned: nil, available: 10, minFree: 60).decide(on: members)
        #expect(
            full.shortfall?.description
                == "2 of 3 checkpoints of the windows cannot be pinned: all would hold 300 bytes, 150 are allowed, "
                + "as 60 are to stay free and 10 are; free space, lower limits.min_free or make the window smaller"
        )
        #expect(PinBudget(maxPinned: nil, available: 1000, minFree: 0).decide(on: members).shortfall == nil)
    }
}
