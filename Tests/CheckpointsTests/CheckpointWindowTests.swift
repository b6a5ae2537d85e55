import SystemPackage
import Testing

@testable import Checkpoints

@Suite struct CheckpointWindowTests {
    private func checkpoints(_ steps: [Int]) throws -> [Checkpoint] {
        try steps.map { step in
            Checkpoint(
                candidate: CheckpointCandidate(
                    name: "checkpoint-\(step)",
                    step: Step(step),
                    unit: .directory,
                    path: FilePath("/checkpoint-\(step)")
                ),
                weights: [],
                companions: [],
                markers: [],
                catalog: try TensorCatalog([], files: [], names: []),
                savingEnded: 0
            )
        }
    }

    @Test(
        "which checkpoints a window takes in",
        arguments: [
            ([10, 20, 30, 40], 3, .last(3), [20, 30, 40]),
            ([10, 20, 30, 40], 1, .last(3), [10, 20]),
            ([10, 20, 30, 40], 0, .last(3), [10]),
            ([10, 20, 30, 40], 3, .last(1), [40]),
            ([10, 20, 30, 40], 3, .last(0), [40]),
            ([10, 20, 30, 40], 3, .last(100), [10, 20, 30, 40]),
            ([10, 20, 30, 40], 3, .steps(30), [20, 30, 40]),
            ([10, 20, 30, 40], 3, .steps(31), [10, 20, 30, 40]),
            ([10, 20, 30, 40], 2, .steps(11), [20, 30]),
            ([10, 20, 30, 40], 2, .steps(10), [30]),
            ([10, 20, 30, 40], 3, .steps(1), [40]),
            ([10, 20, 30, 40], 3, .steps(0), [40]),
            ([0, 1_000_000, 1_000_001], 2, .steps(100), [1_000_000, 1_000_001]),
            ([0, Int.max], 1, .steps(Int.max), [Int.max]),
        ] as [([Int], Int, WindowRule, [Int])]
    )
    func members(steps: [Int], newest: Int, rule: WindowRule, expected: [Int]) throws {
        let window = CheckpointWindow(endingAt: newest, of: try checkpoints(steps), rule: rule)
        #expect(window.members.map(\.step.value) == expected)
        #expect(window.newest.step.value == steps[newest])
    }

    @Test("a window of members named by hand keeps their order")
    func byHand() throws {
        #expect(CheckpointWindow(members: []) == nil)
        let window = try #require(CheckpointWindow(members: try checkpoints([30, 10])))
        #expect(window.members.map(\.step.value) == [30, 10])
        #expect(window.newest.step == Step(10))
    }

    @Test("rules in words", arguments: [(WindowRule.last(5), "last 5"), (.steps(1000), "last 1000 steps")])
    func words(rule: WindowRule, text: String) {
        #expect(rule.description == text)
    }
}
