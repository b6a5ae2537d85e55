import Averaging
import Checkpoints
import Logging
import Testing

@testable import DaemonCore

@Suite struct FailureLedgerTests {
    private func windows(_ run: RunDirectory) throws -> [CheckpointWindow] {
        try run.save(10, 20, 30, 40, 50)
        let checkpoints = try run.checkpoints()
        return checkpoints.indices.map { CheckpointWindow(endingAt: $0, of: checkpoints, rule: .last(2)) }
    }

    private func failure(_ retry: ContinuousClock.Instant?) -> FailureLedger.Failure {
        FailureLedger.Failure(reason: "x", kind: "x", retry: retry)
    }

    @Test("a window that failed for a passing reason keeps its turn although a later one was averaged")
    func owed() throws {
        let run = try RunDirectory()
        let (windows, recipe) = (try windows(run), run.configuration(k: 2).recipes[0])
        let checkpoints = try run.checkpoints()
        var failures = FailureLedger()
        let averages = try [1, 4].map { try PublishedAverage.of(windows[$0].members, recipe: recipe) }
        func steps() -> [Int] {
            AveragingSchedule(recipe: recipe, checkpoints: checkpoints, averages: averages, failures: failures)
                .pending.map(\.newest.step.value)
        }
        #expect(steps() == [])
        failures.record(failure(.now), for: FailureLedger.WindowKey(windows[2], recipe: recipe))
        #expect(steps() == [30])
        failures.record(failure(nil), for: FailureLedger.WindowKey(windows[2], recipe: recipe))
        #expect(steps() == [], "a refusal is no passing reason")
    }

    @Test("what follows an average and is due already makes nobody look again and again")
    func dueAlready() throws {
        let run = try RunDirectory()
        let pipeline = Pipeline(
            board: StatusBoard(configuration: run.configuration(k: 2)),
            store: run.store,
            log: DaemonLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, instance: "test")
        )
        let windows = try windows(run)
        let average = try PublishedAverage.of(windows[1].members, recipe: run.configuration(k: 2).recipes[0])
        let now = ContinuousClock.now
        for (offset, expected) in [(Duration.seconds(-1), nil), (.zero, nil), (.seconds(5), Duration.seconds(5))] {
            pipeline.board.update { state in
                state.output.unsettled["lawa"] = OutputCondition.Unsettled(
                    average: average,
                    problem: "x",
                    tries: 1,
                    retry: now + offset
                )
            }
            #expect(pipeline.nextRetry(after: now) == expected.map { now + $0 })
        }
    }

    @Test("patience ends, and pauses grow")
    func patience() throws {
        let run = try RunDirectory()
        let key = FailureLedger.WindowKey(try windows(run)[2], recipe: run.configuration(k: 2).recipes[0])
        var failures = FailureLedger()
        for _ in 0..<12 {
            failures.record(failure(.now), for: key)
            #expect(failures.isOwed(key))
        }
        failures.record(failure(.now), for: key)
        #expect(!failures.isOwed(key))
        let pauses = (1...9).map { FailureLedger.pause(.seconds(15), after: $0) }
        #expect(pauses == [15, 30, 60, 120, 240, 480, 600, 600, 600].map { .seconds($0) })
    }

    @Test("what was just made is not made again at once, however often it seems to be missing")
    func made() throws {
        let run = try RunDirectory()
        let key = FailureLedger.WindowKey(try windows(run)[2], recipe: run.configuration(k: 2).recipes[0])
        var failures = FailureLedger()
        let now = ContinuousClock.now
        #expect(failures.isDue(key, now: now))
        failures.recordMade(key, at: now)
        #expect(!failures.isDue(key, now: now + .seconds(14)))
        #expect(failures.isDue(key, now: now + .seconds(15)))
        failures.recordMade(key, at: now)
        #expect(!failures.isDue(key, now: now + .seconds(29)))
        #expect(failures.nextRetry(after: now) == nil, "nothing wakes an idle daemon for that")
    }
}
