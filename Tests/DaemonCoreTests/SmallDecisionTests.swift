import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import Logging
import SystemPackage
import Testing

@testable import DaemonCore

@Suite struct SmallDecisionTests {
    @Test func theWatchdogIsFedOnlyWhileTheWatchingThreadAnswers() {
        let start = ContinuousClock.now
        var vitals = PipelineVitals(interval: .seconds(60), now: start)
        func isAlive(_ answered: Bool, after seconds: Int) -> Bool {
            vitals.observe(watchingAnswered: answered, pulse: nil, now: start + .seconds(seconds))
        }
        let alive = [
            isAlive(true, after: 0), isAlive(false, after: 59), isAlive(false, after: 60), isAlive(true, after: 61),
            isAlive(false, after: 120), isAlive(false, after: 121),
        ]
        #expect(alive == [true, true, false, true, true, false])
    }

    @Test(arguments: [(AveragingProgress.Phase.reading, 1), (.flushing, PipelineVitals.flushAllowance)])
    func aLongAverageIsAliveAndAStuckOneIsNot(phase: AveragingProgress.Phase, intervals: Int) {
        let start = ContinuousClock.now
        let interval = Duration.seconds(60)
        var vitals = PipelineVitals(interval: interval, now: start)
        func isAlive(_ beats: Int?, after time: Duration) -> Bool {
            let pulse = beats.map { PipelineVitals.Pulse(beats: $0, phase: phase) }
            return vitals.observe(watchingAnswered: true, pulse: pulse, now: start + time)
        }
        let limit = interval * intervals
        let alive = [
            isAlive(50, after: .zero), isAlive(50, after: limit - .seconds(1)), isAlive(50, after: limit),
            isAlive(51, after: limit + .seconds(1)), isAlive(51, after: limit * 2), isAlive(nil, after: limit * 5),
        ]
        #expect(alive == [true, true, false, true, true, true])
    }

    @Test func placesNeedARestart() {
        let old = Configuration(watch: "/a")
        var new = Configuration(watch: "/b")
        new.control.mode = 0o600
        #expect {
            try Reloader.requireSamePlaces(old, new, "/f.json")
        } throws: { error in
            (error as? ConfigurationError)?.problems.map(\.key) == ["watch", "output", "control.mode"]
        }
        var kept = Configuration(watch: "/a")
        kept.settle = .seconds(9)
        #expect(throws: Never.self) { try Reloader.requireSamePlaces(old, kept, "/f.json") }
    }

    @Test func flagsWinOverTheFile() throws {
        var file = Configuration(watch: "/a")
        file.output = "/o"
        let overrides = ConfigurationOverrides(watch: "/w", windowSize: 7, output: "/p", socket: "/s")
        let result = try overrides.apply(to: file)
        #expect(result.watch == "/w")
        #expect(result.outputRoot == "/p")
        #expect(result.control.socket == "/s")
        #expect(result.recipes == [Recipe(name: "lawa", window: .last(7))])
        #expect(throws: ConfigurationError.self) {
            try ConfigurationOverrides(watch: "/w", output: "/w/x").apply(to: file)
        }
    }

    @Test func theFirstMissIsToldOnce() {
        var told = ToldEvents()
        var view = DirectoryView()
        view.problem = "gone"
        let news1 = told.news(in: view, watch: "/r")
        #expect(news1.count == 1)
        let news2 = told.news(in: view, watch: "/r")
        #expect(news2.isEmpty)
        view.problem = nil
        view.layout = "huggingface"
        let news3 = told.news(in: view, watch: "/r")
        #expect(news3.map(\.level) == [.info])
        view.problem = "gone"
        let news4 = told.news(in: view, watch: "/r")
        #expect(news4.count == 1)
    }

    /// A file that is being written in place looks broken differently at each look.
    @Test func brokennessIsToldOnceItLasts() {
        var told = ToldEvents()
        let candidate = CheckpointCandidate(name: "c-1", step: Step(1), unit: .file, path: "/r/c-1")
        func view(_ reason: Incompleteness) -> DirectoryView {
            var view = DirectoryView()
            view.incomplete = [(candidate, reason)]
            return view
        }
        let levels = [
            Incompleteness.invalidWeights(file: "f", problem: "10 bytes"),
            .invalidWeights(file: "f", problem: "20 bytes"), .invalidWeights(file: "f", problem: "20 bytes"),
            .invalidWeights(file: "f", problem: "20 bytes"), .missingMarker(file: "m"), .missingMarker(file: "m"),
        ].map { told.news(in: view($0), watch: "/r").map(\.level) }
        #expect(levels == [[.debug], [.debug], [.warning], [], [.debug], []])
    }

    @Test func everyKindOfEventHasItsOwnIdentifier() {
        let events: [DaemonCore.LogEvent] = [
            .starting(version: "", watch: "/", output: "/", recipes: ""), .watching(path: "/", layout: ""),
            .directoryMissing(problem: ""), .checkpointComplete(name: "", step: Step(1), bytes: 1, pinned: true),
            .checkpointIncomplete(name: "", step: Step(1), reason: .settling),
            .checkpointBroken(name: "", step: Step(1), reason: .vanished),
            .checkpointExcluded(name: "", step: Step(1), reason: ""), .pinsUnavailable(problem: ""),
            .polling(.noWatch(problem: "")), .rescanning(reason: ""), .directoryBack(path: "/"),
            .windowRestarted(WindowRestart(name: "", step: Step(1), reason: "")), .entryIgnored(name: "", reason: ""),
            .averageStarted(recipe: "", name: "", step: Step(1), members: 1, bytes: 1),
            .averagePublished(
                recipe: "",
                name: "",
                step: Step(1),
                path: "/",
                memberSteps: [],
                bytes: 1,
                seconds: 1,
                removed: []
            ),
            .averageRefused(recipe: "", name: "", step: Step(1), reason: ""),
            .averageFailed(recipe: "", name: "", step: Step(1), reason: ""),
            .averageNotRemoved(recipe: "", name: "", step: Step(1), reason: ""), .hookFailed(command: "", reason: ""),
            .socketUnavailable(reason: ""), .reloaded(path: "/"), .reloadRefused(problem: ""), .nothingToReload,
            .failed(reason: ""), .stopping,
        ]
        #expect(Set(events.map(\.messageID)).count == events.count)
        for event in events {
            #expect(event.messageID.count == 32 && event.messageID.allSatisfy(\.isHexDigit))
        }
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (10 << 20, "10.0 MiB"), (3 << 29, "1.50 GiB"),
        ] as [(Int, String)]
    )
    func sizesAreReadable(bytes: Int, text: String) {
        #expect(Readable.bytes(bytes) == text)
    }

    @Test(arguments: [
        (0.05, 1, "0.1"), (1.995, 2, "2.00"), (-0.04, 1, "0.0"), (12.0, 0, "12"), (0.007, 3, "0.007"),
        (9e14, 6, "900000000000000.0"),
    ])
    func figuresAreReadable(value: Double, places: Int, text: String) {
        #expect(Readable.decimal(value, places: places) == text)
    }

    @Test func aHorizonReachesAsFarAsTheWindows() throws {
        let run = try RunDirectory()
        try run.save(40, 50)
        let checkpoints = try run.checkpoints()
        var byCount = Horizon(recipes: [Recipe(name: "a", window: .last(2))], averages: [:], newest: Step(50))
        byCount.passed(checkpoints[1])
        #expect(!byCount.isReached(at: Step(40)))
        byCount.passed(checkpoints[0])
        #expect(byCount.isReached(at: Step(30)))
        var bySteps = Horizon(recipes: [Recipe(name: "a", window: .steps(25))], averages: [:], newest: Step(50))
        bySteps.passed(checkpoints[1])
        #expect(!bySteps.isReached(at: Step(26)))
        #expect(bySteps.isReached(at: Step(25)))
    }

    /// A pin that is a copy has files of its own.
    @Test func anExclusionHoldsForACopyOfTheSameVersion() throws {
        let run = try RunDirectory()
        try run.save(50)
        let checkpoint = try run.checkpoints()[0]
        let place = OwnPlace(root: run.watch)
        let store = PinStore(
            pins: place.place("pins"),
            records: place.place("pin-records"),
            staging: place.place("staging"),
            method: .copy
        )
        let inspector = CheckpointInspector(layout: HuggingFaceLayout())
        let pin = try #require(try store.pin(checkpoint, inspector: inspector)).checkpoint
        try #require(pin.weightFiles != checkpoint.weightFiles)
        var failures = FailureLedger()
        failures.exclude(FailureLedger.MemberKey(pin), reason: "diverged")
        #expect(failures.exclusion(of: checkpoint) == "diverged")
        try run.save(50)
        #expect(failures.exclusion(of: try run.checkpoints()[0]) == nil)
    }

    /// What is kept out of windows leaves its place to an older one.
    @Test func anExcludedCheckpointFillsNoPlace() throws {
        let run = try RunDirectory()
        try run.save(50)
        let checkpoint = try run.checkpoints()[0]
        var failures = FailureLedger()
        failures.exclude(FailureLedger.MemberKey(checkpoint), reason: "diverged")
        var horizon = Horizon(
            recipes: [Recipe(name: "a", window: .last(1))],
            averages: [:],
            failures: failures,
            newest: Step(50)
        )
        horizon.passed(checkpoint)
        #expect(!horizon.isReached(at: Step(40)))
    }
}
