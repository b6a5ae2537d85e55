import Checkpoints
import TestSupport
import Testing

@testable import DaemonCore

/// The state machine beside a model of what the directory says, through random courses of a trainer and of looks.
@Suite struct WatchMachineTests {
    /// A trainer that saves, deletes, rewrites, goes back and changes its model, at random.
    private struct Trainer {
        var random: SeededGenerator
        var step = 0
        var course = 0
        var width = 4
        /// Steps that are being saved.
        var unfinished: [Int] = []

        mutating func act(on run: inout SimulatedRun) {
            run.advance(by: .nanoseconds(Int.random(in: 100_000_000...1_500_000_000, using: &random)))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<6: save(&run, isWhole: true)
            case 6..<9: save(&run, isWhole: false)
            case 9..<13: finish(&run)
            case 13..<16: delete(&run)
            case 16: rewrite(&run)
            case 17: goBack(&run)
            case 18: width += 1
            default: break
            }
        }

        private mutating func save(_ run: inout SimulatedRun, isWhole: Bool) {
            step += 10
            run.save(step, width: width, course: course, isWhole: isWhole)
            if !isWhole { unfinished.append(step) }
        }

        /// What is finished late was begun early: its files are as old as they are.
        private mutating func finish(_ run: inout SimulatedRun) {
            guard let step = unfinished.popLast() else { return }
            run.directory[step]?.isWhole = true
        }

        private mutating func delete(_ run: inout SimulatedRun) {
            guard let step = run.directory.keys.sorted().randomElement(using: &random) else { return }
            run.directory[step] = nil
        }

        private mutating func rewrite(_ run: inout SimulatedRun) {
            guard let saved = run.directory[step]?.version else { return }
            run.save(step, width: saved.width, course: course, isWhole: Bool.random(using: &random))
            unfinished.append(step)
        }

        private mutating func goBack(_ run: inout SimulatedRun) {
            guard step > 30 else { return }
            step = Int.random(in: 0..<(step / 10), using: &random) * 10
            course += 1
            save(&run, isWhole: true)
        }
    }

    /// The newest window that a collection of whole versions holds, by rules as plain as they can be written.
    private func expected(_ whole: [SimulatedRun.Version]) -> [SimulatedRun.Version] {
        let saved = whole.sorted { ($0.modified, $0.step) < ($1.modified, $1.step) }
        var course: [SimulatedRun.Version] = []
        for version in saved {
            if let highest = course.map(\.step).max(), version.step < highest { course = [] }
            course.append(version)
        }
        let ascending = course.sorted { $0.step < $1.step }
        let newest = ascending.last?.width
        let alike = ascending.reversed().prefix { $0.width == newest }
        return alike.prefix(SimulatedRun.windowSize).reversed()
    }

    @Test(arguments: 0..<10)
    func theWindowEndsAsTheDirectorySays(hundred: Int) {
        for seed in (hundred * 100)..<(hundred * 100 + 100) { checkTheWindow(seed: seed) }
    }

    private func checkTheWindow(seed: Int) {
        var run = SimulatedRun(pin: .none)
        var trainer = Trainer(random: SeededGenerator(seed: UInt64(seed)))
        var random = SeededGenerator(seed: UInt64(seed) &+ 1 << 40)
        for _ in 0..<40 {
            trainer.act(on: &run)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3: run.look()
            case 3:
                run.look { run in
                    if Int.random(in: 0..<4, using: &random) == 0 { trainer.act(on: &run) }
                }
            case 4: run.restart()
            default: break
            }
        }
        run.settle()
        let expected = expected(run.directory.values.filter(\.isWhole).map(\.version))
        #expect(run.window == expected, "seed \(seed)")
        let window = run.window
        run.restart()
        run.settle()
        #expect(run.window == window, "seed \(seed): a restart changes nothing")
    }

    @Test(arguments: 0..<10)
    func pinsAreTheWindowAndOutliveTheDirectory(hundred: Int) {
        for seed in (hundred * 100)..<(hundred * 100 + 100) { checkPins(seed: seed) }
    }

    private func checkPins(seed: Int) {
        var run = SimulatedRun(pin: .auto)
        var trainer = Trainer(random: SeededGenerator(seed: UInt64(seed)))
        for _ in 0..<40 {
            trainer.act(on: &run)
            if Int.random(in: 0..<3, using: &trainer.random) > 0 { run.look() }
            if Int.random(in: 0..<12, using: &trainer.random) == 0 { run.restart() }
        }
        run.settle()
        let whole = run.directory.values.filter(\.isWhole).map(\.version)
        let names = Set(whole.map(\.step))
        let alone = run.pins.values.filter { !names.contains($0.step) }
        #expect(run.window == expected(whole + alone), "seed \(seed)")
        let held = Set(run.pins.values)
        let unfinished = Set(run.directory.values.filter { !$0.isWhole }.map(\.version.step))
        #expect(
            held.allSatisfy { run.schedule.needed.contains("checkpoint-\($0.step)") || unfinished.contains($0.step) }
        )
        #expect(Set(run.window).isSubset(of: held), "seed \(seed)")
        let window = run.window
        run.directory = [:]
        run.restart()
        run.settle()
        #expect(run.window == window, "seed \(seed): pins are enough")
    }

    /// With one checkpoint kept, a window is made of what the machine saw in time.
    @Test(arguments: [Duration.milliseconds(200), .seconds(3)])
    func aRotationTakesNothing(interval: Duration) {
        var run = SimulatedRun(pin: .auto)
        for step in stride(from: 10, through: 500, by: 10) {
            run.save(step, width: 4, course: 0, isWhole: true)
            run.look()
            run.directory[step - 10] = nil
            run.advance(by: interval)
        }
        run.settle()
        #expect(run.window.map(\.step) == [480, 490, 500])
        #expect(run.view.pinOnly == ["checkpoint-480", "checkpoint-490"])
        #expect(run.pins.count == 3)
    }

    /// The newest stay, the state is told, and the next looks change nothing.
    @Test(
        arguments: [
            (Int?.none, Int.max, [480, 490, 500]), (.some(232), .max, [480, 490, 500]), (.some(231), .max, [490, 500]),
            (.some(0), .max, [500]), (.none, (1 << 30) + 232, [480, 490, 500]), (.none, (1 << 30) + 231, [490, 500]),
            (.none, 0, [500]),
        ] as [(Int?, Int, [Int])]
    )
    func aBudgetKeepsTheNewest(maxPinned: Int?, room: Int, window: [Int]) {
        var run = SimulatedRun(pin: .auto, maxPinned: maxPinned)
        for step in stride(from: 10, through: 500, by: 10) {
            if step == 500 { run.room = room }
            run.save(step, width: 4, course: 0, isWhole: true)
            run.look()
            run.directory[step - 10] = nil
            run.advance(by: .seconds(3))
        }
        run.settle()
        #expect(run.window.map(\.step) == window)
        #expect((run.view.pinProblem == nil) == (window.count == 3))
        let (pins, made) = (run.pins, run.pinCount)
        for _ in 0..<3 {
            run.advance(by: .seconds(30))
            run.settle()
        }
        #expect(run.pins == pins && run.pinCount == made)
    }

    /// What no window needs any more makes room for the newest within the same look.
    @Test func aBudgetOfExactlyTheWindowIsEnoughForCopies() {
        let size = 116
        var run = SimulatedRun(pin: .copy, maxPinned: 3 * size)
        for step in stride(from: 10, through: 100, by: 10) {
            run.save(step, width: 4, course: 0, isWhole: true)
            run.settle()
            #expect(run.view.pinProblem == nil)
            #expect(run.window.allSatisfy { run.pins["checkpoint-\($0.step)"] == $0 })
            #expect(run.pins.count <= 3)
            run.advance(by: .seconds(3))
        }
        #expect(run.window.map(\.step) == [80, 90, 100])
    }

    @Test func idleItAsksForNothing() {
        var run = SimulatedRun(pin: .auto)
        for step in [10, 20, 30, 40, 50] { run.save(step, width: 4, course: 0, isWhole: true) }
        run.settle()
        #expect(run.machine.nextDeadline == nil)
        let count = run.lookCount
        run.settle()
        #expect(run.lookCount == count + 1)
    }

    @Test func aRunThatGoesBackStartsTheWindowAnewAndSaysWhy() throws {
        var run = SimulatedRun(pin: .auto)
        for step in [500, 600, 700] {
            run.save(step, width: 4, course: 0, isWhole: true)
            run.advance(by: .seconds(5))
        }
        run.settle()
        run.advance(by: .seconds(60))
        run.save(550, width: 4, course: 1, isWhole: true)
        run.settle()
        #expect(run.window.map(\.step) == [550])
        let restart = try #require(run.view.restart)
        #expect(restart.name == "checkpoint-550")
        #expect(restart.reason.hasPrefix("the run went back: it was saved after \"checkpoint-700\" ("))
        #expect(run.view.superseded.map(\.candidate.step.value).sorted() == [500, 600, 700])
        #expect(Set(run.pins.keys) == ["checkpoint-550"])
    }

    @Test func otherShapesStartTheWindowAnewAndSayWhy() throws {
        var run = SimulatedRun(pin: .auto)
        for (step, width) in [(100, 4), (200, 4), (300, 5), (400, 5)] {
            run.save(step, width: width, course: 0, isWhole: true)
            run.advance(by: .seconds(5))
        }
        run.settle()
        #expect(run.window.map(\.step) == [300, 400])
        let restart = try #require(run.view.restart)
        #expect(restart.name == "checkpoint-300")
        #expect(restart.reason.contains("\"w\"") && restart.reason.contains("[5]"))
    }
}
