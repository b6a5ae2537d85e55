import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import DaemonCore

@Suite struct PipelineTests {
    private func pipeline(_ configuration: Configuration, _ store: AverageStore) -> Pipeline {
        Pipeline(
            board: StatusBoard(configuration: configuration),
            store: store,
            log: DaemonLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, instance: "test")
        )
    }

    /// Looks and averages until nothing is due.
    private func settle(_ pipeline: Pipeline) -> [String] {
        var looker = Looker(pipeline: pipeline, inotify: nil)
        looker.look(thoroughly: true) {}
        var published: [String] = []
        while let job = pipeline.nextJob(now: .now) {
            if let average = pipeline.perform(job, control: AveragingControl()) {
                published.append(average.manifest.name)
            }
            looker.look(thoroughly: true) {}
        }
        return published
    }

    @Test func anAverageIsPublishedOnce() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        let pipeline = pipeline(run.configuration(), run.store)
        #expect(settle(pipeline) == ["checkpoint-30"])
        #expect(settle(pipeline).isEmpty)
        try run.save(40)
        #expect(settle(pipeline) == ["checkpoint-40"])
        let latest = run.store.directory(of: "lawa").appending("latest/lawa.json")
        let manifest = try ManifestFile.read(latest)
        #expect(manifest.step == 40)
        // Members are read from their pins, which go; the trainer's own paths are what an owner knows.
        #expect(manifest.members.last?.path == run.watch.appending("checkpoint-40").string)
    }

    @Test func theReserveIsNeverTouched() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        var configuration = run.configuration()
        configuration.limits.minFree = .max / 2
        let pipeline = pipeline(configuration, run.store)
        #expect(settle(pipeline).isEmpty)
        let failure = try #require(pipeline.firstFailure)
        #expect(failure.description.contains("not enough space"))
        #expect(failure.description.contains("limits.min_free"))
    }

    @Test func aDivergedMemberIsLeftOut() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        try SyntheticCheckpoint(values: [.nan, 1]).write(step: 40, in: run.watch)
        let pipeline = pipeline(run.configuration(), run.store)
        #expect(settle(pipeline) == ["checkpoint-30"])
        let report = StatusReports(
            pipeline: pipeline,
            state: pipeline.board.snapshot,
            identity: DaemonIdentity(instance: "test", startedAt: .now)
        )
        let excluded = try #require(report.checkpoints(ReportPage()).checkpoints.first)
        #expect(excluded.state == .excluded)
        #expect(excluded.reason == "tensor \"weight\" has 1 NaN or infinite elements where other members are finite")
        try run.save(50)
        #expect(settle(pipeline) == ["checkpoint-50"])
        let manifest = try ManifestFile.read(run.store.directory(of: "lawa").appending("checkpoint-50/lawa.json"))
        #expect(manifest.members.map(\.step) == [20, 30, 50])
    }

    @Test func anotherShapeStartsTheWindowAnewAndSaysWhy() throws {
        let run = try RunDirectory()
        try run.save(10, 20)
        for step in [30, 40, 50] {
            try SyntheticCheckpoint(values: [1, 2, Float(step)]).write(step: step, in: run.watch)
        }
        let pipeline = pipeline(run.configuration(), run.store)
        #expect(settle(pipeline) == ["checkpoint-50"])
        let manifest = try ManifestFile.read(run.store.directory(of: "lawa").appending("checkpoint-50/lawa.json"))
        #expect(manifest.members.map(\.step) == [30, 40, 50])
        try SyntheticCheckpoint(values: [1]).write(step: 60, in: run.watch)
        #expect(settle(pipeline).isEmpty)
        let report = StatusReports(
            pipeline: pipeline,
            state: pipeline.board.snapshot,
            identity: DaemonIdentity(instance: "test", startedAt: .now)
        )
        let recipe = report.status().recipes[0]
        #expect(!recipe.refused)
        let waiting = try #require(recipe.waiting)
        #expect(waiting.hasPrefix("has 1 of 3 complete checkpoints since checkpoint-60, where the window began anew: "))
        #expect(waiting.contains("tensor \"weight\" has shape [3]"))
    }

    @Test func retentionKeepsTheNewest() throws {
        let run = try RunDirectory()
        var configuration = run.configuration(k: 1)
        configuration.retention = RetentionPolicy(keepLast: 2, keepEverySteps: 20)
        let pipeline = pipeline(configuration, run.store)
        for step in [10, 20, 30, 40, 50] {
            try run.save(step)
            #expect(settle(pipeline) == ["checkpoint-\(step)"])
        }
        let left = try run.store.averages(of: "lawa").map(\.manifest.step)
        #expect(left == [20, 40, 50])
    }

    @Test("what latest names stays, also where the clock was set back since the others were made")
    func retentionKeepsWhatLatestNames() throws {
        let run = try RunDirectory()
        var configuration = run.configuration(k: 1)
        let directory = run.store.directory(of: "lawa")
        try run.save(10)
        #expect(settle(pipeline(configuration, run.store)) == ["checkpoint-10"])
        let path = directory.appending("checkpoint-10/lawa.json")
        var manifest = try ManifestFile.read(path)
        manifest.created = "2100-01-01T00:00:00Z"
        try Fixture.write(ManifestFile.encode(manifest), to: path)
        configuration.retention = RetentionPolicy(keepLast: 1)
        try run.save(20)
        #expect(settle(pipeline(configuration, run.store)) == ["checkpoint-20"])
        let latest = try ManifestFile.read(directory.appending("latest/lawa.json"))
        #expect(latest.step == 20)
    }

    @Test func severalRecipesHaveTheirOwnAverages() throws {
        let run = try RunDirectory()
        var configuration = run.configuration()
        configuration.recipes = [Recipe(name: "two", window: .last(2)), Recipe(name: "three", window: .last(3))]
        let pipeline = pipeline(configuration, run.store)
        try run.save(10, 20)
        #expect(settle(pipeline) == ["checkpoint-20"])
        try run.save(30)
        #expect(settle(pipeline) == ["checkpoint-30", "checkpoint-30"])
        #expect(try run.store.averages(of: "two").count == 2)
        #expect(try run.store.averages(of: "three").count == 1)
    }

    @Test func reportsSayWhatIsThere() throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        try SyntheticCheckpoint(values: [1, 2], isFinished: false).write(step: 40, in: run.watch)
        let pipeline = pipeline(run.configuration(), run.store)
        #expect(settle(pipeline) == ["checkpoint-30"])
        let reports = StatusReports(
            pipeline: pipeline,
            state: pipeline.board.snapshot,
            identity: DaemonIdentity(instance: "test", startedAt: .now)
        )
        let states = reports.checkpoints(ReportPage()).checkpoints.map { "\($0.name) \($0.state)" }
        #expect(
            states == [
                "checkpoint-40 incomplete", "checkpoint-30 window", "checkpoint-20 window", "checkpoint-10 window",
            ]
        )
        #expect(reports.averages(ReportPage()).averages.map(\.memberSteps) == [[10, 20, 30]])
        #expect(reports.status().summary == "lawa: window 3/3, newest average checkpoint-30")
        let metrics = Metrics(reports: reports).text
        #expect(metrics.contains("lawad_checkpoints{state=\"incomplete\"} 1\n"))
        #expect(metrics.contains("lawad_latest_average_step{recipe=\"lawa\"} 30\n"))
    }
}
