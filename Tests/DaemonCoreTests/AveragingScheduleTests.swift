import Averaging
import Checkpoints
import Testing

@testable import DaemonCore

@Suite struct AveragingScheduleTests {
    private static let recipe = Recipe(name: "lawa", window: .last(3))

    private func steps(_ schedule: AveragingSchedule) -> [[Int]] {
        schedule.pending.map { $0.members.map(\.step.value) }
    }

    @Test func waitsForAFullWindow() throws {
        let run = try RunDirectory()
        try run.save(10, 20)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: try run.checkpoints(), averages: [])
        #expect(schedule.pending.isEmpty)
        #expect(schedule.waiting == "has 2 of 3 complete checkpoints")
        #expect(schedule.needed == ["checkpoint-10", "checkpoint-20"])
    }

    @Test func ordersByNumber() throws {
        let run = try RunDirectory()
        try run.save(1000, 999, 98)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: try run.checkpoints(), averages: [])
        #expect(steps(schedule) == [[98, 999, 1000]])
    }

    @Test func oldHistoryGetsOneAverage() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30, 40, 50, 60)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: try run.checkpoints(), averages: [])
        #expect(steps(schedule) == [[40, 50, 60]])
    }

    @Test func whatLandedMeanwhileIsCaughtUpInOrder() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30, 40, 50)
        let all = try run.checkpoints()
        let published = try PublishedAverage.of(Array(all[0...2]), recipe: Self.recipe)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: all, averages: [published])
        #expect(steps(schedule) == [[20, 30, 40], [30, 40, 50]])
        #expect(schedule.needed == ["checkpoint-20", "checkpoint-30", "checkpoint-40", "checkpoint-50"])
    }

    @Test func whatIsPublishedIsNotRepeated() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        let all = try run.checkpoints()
        let published = try PublishedAverage.of(all, recipe: Self.recipe)
        #expect(AveragingSchedule(recipe: Self.recipe, checkpoints: all, averages: [published]).pending.isEmpty)
    }

    /// While the first average of all is made there is none yet to catch up from.
    @Test func whatFollowsAnAverageUnderwayIsKept() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30, 40, 50)
        let all = try run.checkpoints()
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: all, averages: [], underway: Step(30))
        #expect(steps(schedule) == [[10, 20, 30], [20, 30, 40], [30, 40, 50]])
        #expect(schedule.needed.count == 5)
    }

    /// A window in between that was refused must not be waited for once a newer one is published.
    @Test func historyBehindTheNewestAverageIsClosed() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30, 40, 50)
        let all = try run.checkpoints()
        let published = try [
            PublishedAverage.of(Array(all[0...2]), recipe: Self.recipe),
            PublishedAverage.of(Array(all[2...4]), recipe: Self.recipe),
        ]
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: all, averages: published)
        #expect(schedule.pending.isEmpty)
        #expect(schedule.needed == ["checkpoint-30", "checkpoint-40", "checkpoint-50"])
    }

    @Test func anotherVersionOfTheSameStepIsAveragedAnew() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        let published = try PublishedAverage.of(try run.checkpoints(), recipe: Self.recipe)
        try run.delete(30)
        try run.save(30)
        let schedule = AveragingSchedule(
            recipe: Self.recipe,
            checkpoints: try run.checkpoints(),
            averages: [published]
        )
        #expect(steps(schedule) == [[10, 20, 30]])
    }

    /// A checkpoint that was copied in late, or whose writer was slow, belongs into the average that is there already.
    @Test(
        arguments: [
            ([10, 20, 40], [10, 20, 30, 40], [[20, 30, 40]]), ([20, 30, 40], [10, 20, 30, 40], []),
            ([10, 20, 40], [10, 20, 40], []),
        ] as [([Int], [Int], [[Int]])]
    )
    func aLateMemberRemakesTheNewestAverage(averaged: [Int], present: [Int], expected: [[Int]]) throws {
        let run = try RunDirectory()
        for step in present { try run.save(step) }
        let all = try run.checkpoints()
        let published = try PublishedAverage.of(all.filter { averaged.contains($0.step.value) }, recipe: Self.recipe)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: all, averages: [published])
        #expect(steps(schedule) == expected)
    }

    @Test func aRunThatStartedOverIsAveraged() throws {
        let run = try RunDirectory()
        try run.save(1000, 2000, 3000)
        let old = try PublishedAverage.of(try run.checkpoints(), recipe: Self.recipe)
        for step in [1000, 2000, 3000] { try run.delete(step) }
        try run.save(10, 20, 30)
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: try run.checkpoints(), averages: [old])
        #expect(steps(schedule) == [[10, 20, 30]])
    }

    @Test func spacingSkipsWhatIsTooClose() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30, 40, 50, 60)
        let all = try run.checkpoints()
        let recipe = Recipe(name: "lawa", window: .last(2), everySteps: 25)
        let published = try PublishedAverage.of(Array(all[0...1]), recipe: recipe)
        let schedule = AveragingSchedule(recipe: recipe, checkpoints: all, averages: [published])
        #expect(steps(schedule) == [[40, 50]])
    }

    @Test func nothingBeforeTheFirstStep() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        let recipe = Recipe(name: "lawa", window: .last(2), fromStep: 100)
        let schedule = AveragingSchedule(recipe: recipe, checkpoints: try run.checkpoints(), averages: [])
        #expect(schedule.pending.isEmpty)
        #expect(schedule.waiting == "the first average is due at step 100")
    }

    @Test func aWindowByStepsTakesWhatLiesInIt() throws {
        let run = try RunDirectory()
        try run.save(10, 70, 80, 100)
        let recipe = Recipe(name: "lawa", window: .steps(30))
        let schedule = AveragingSchedule(recipe: recipe, checkpoints: try run.checkpoints(), averages: [])
        #expect(steps(schedule) == [[80, 100]])
    }

    @Test func nothingAtAllSaysSo() {
        let schedule = AveragingSchedule(recipe: Self.recipe, checkpoints: [], averages: [])
        #expect(schedule.waiting == "no complete checkpoint yet; needs 3")
        #expect(schedule.needed.isEmpty)
    }
}
