import Checkpoints
import LinuxSystem
import SystemPackage
import Testing

@testable import DaemonCore

@Suite struct CheckpointTrackerTests {
    private let start = ContinuousClock.now

    private func sighting(_ run: RunDirectory, _ step: Int) throws -> CheckpointTracker.Sighting {
        let candidate = CheckpointCandidate(
            name: "checkpoint-\(step)",
            step: Step(step),
            unit: .directory,
            path: run.watch.appending("checkpoint-\(step)")
        )
        return CheckpointTracker.Sighting(candidate: candidate, files: try CandidateFiles(of: candidate))
    }

    /// Looks into a candidate where the tracker wants it, and tells whether it did.
    private func look(
        _ tracker: inout CheckpointTracker,
        _ seen: CheckpointTracker.Sighting,
        at now: ContinuousClock.Instant,
        realtime: Int64
    ) -> Bool {
        guard tracker.observe(seen, at: Moment(instant: now, realtime: realtime), thoroughly: false) else {
            return false
        }
        let result = CheckpointInspector(layout: HuggingFaceLayout()).inspect(seen.candidate, files: seen.files)
        tracker.record(result, for: seen.candidate.name)
        return true
    }

    /// What a new candidate looks like is worth knowing at once, for pins; it counts only once it has been quiet.
    @Test func whatChangedAMomentAgoSettlesFirst() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: true))
        let seen = try sighting(run, 10)
        let written = seen.files.lastModification
        let times = [Duration.zero, .milliseconds(999), .seconds(1), .seconds(2)]
        var looks: [Bool] = []
        var complete: [Int] = []
        for time in times {
            looks.append(look(&tracker, seen, at: start + time, realtime: written))
            complete.append(tracker.complete.count)
            if time < .seconds(1) { #expect(tracker.nextDeadline == start + .seconds(1)) }
        }
        #expect(looks == [true, false, true, false])
        #expect(complete == [0, 0, 1, 1])
        #expect(tracker.nextDeadline == nil)
    }

    @Test func aCandidateThatSettlesIsKnownBefore() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: true))
        let seen = try sighting(run, 10)
        _ = look(&tracker, seen, at: start, realtime: seen.files.lastModification)
        guard case .settling(let checkpoint?) = tracker.verdict(of: "checkpoint-10") else {
            Issue.record("it should look whole and be settling")
            return
        }
        #expect(checkpoint.step == Step(10))
    }

    @Test func whatIsOldNeedsNoWaiting() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: true))
        let seen = try sighting(run, 10)
        let later = seen.files.lastModification + 1_000_000_000
        #expect(look(&tracker, seen, at: start, realtime: later))
        #expect(tracker.complete.map(\.name) == ["checkpoint-10"])
    }

    /// A file from a machine whose clock is ahead would otherwise count as quiet or never settle.
    @Test func aTimeInTheFutureIsNoEvidence() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: true))
        let seen = try sighting(run, 10)
        let earlier = seen.files.lastModification - 3_600_000_000_000
        _ = look(&tracker, seen, at: start, realtime: earlier)
        #expect(tracker.complete.isEmpty)
        _ = look(&tracker, seen, at: start + .seconds(1), realtime: earlier)
        #expect(tracker.complete.count == 1)
    }

    @Test func aChangeStartsTheWaitAnew() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: true))
        let first = try sighting(run, 10)
        _ = look(&tracker, first, at: start, realtime: first.files.lastModification)
        try run.save(10)
        let second = try sighting(run, 10)
        _ = look(&tracker, second, at: start + .seconds(1), realtime: second.files.lastModification)
        #expect(tracker.complete.isEmpty)
        _ = look(&tracker, second, at: start + .seconds(2), realtime: second.files.lastModification)
        #expect(tracker.complete.count == 1)
    }

    /// It may be other bytes with the times set back, but a filesystem may move change times by itself for ever.
    @Test func anotherChangeTimeIsLookedIntoWithoutSettlingAgain() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .seconds(1), trustsTimes: false))
        let first = try sighting(run, 10)
        _ = look(&tracker, first, at: start, realtime: .max)
        _ = look(&tracker, first, at: start + .seconds(1), realtime: .max)
        try #require(tracker.isComplete("checkpoint-10"))
        let file = run.watch.appending("checkpoint-10/model.safetensors")
        try Publication.hardLink(file, to: run.watch.appending("another-name"))
        let second = try sighting(run, 10)
        try #require(second.files != first.files)
        let again =
            [look(&tracker, second, at: start + .seconds(2), realtime: .max)]
            + [look(&tracker, second, at: start + .seconds(3), realtime: .max)]
        #expect(again == [true, false])
        #expect(tracker.isComplete("checkpoint-10"))
        #expect(!tracker.isSettling)
    }

    @Test func verdictsStandUntilSomethingChanges() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(quiet: QuietRule(settle: .zero, trustsTimes: true))
        let seen = try sighting(run, 10)
        let isDue9 = tracker.observe(seen, at: Moment(instant: start, realtime: .max), thoroughly: false)
        #expect(isDue9)
        tracker.record(.failure(.missingMarker(file: "trainer_state.json")), for: "checkpoint-10")
        let isDue10 = tracker.observe(seen, at: Moment(instant: start, realtime: .max), thoroughly: false)
        #expect(!isDue10)
        let isDue11 = tracker.observe(seen, at: Moment(instant: start, realtime: .max), thoroughly: true)
        #expect(isDue11)
        tracker.record(.failure(.openForWriting(file: "model.safetensors")), for: "checkpoint-10")
        // The event of the file's closing may have come already, so the next look must not wait for one.
        #expect(tracker.nextDeadline == start + .seconds(1))
        #expect(!tracker.isSettling)
        let isDue12 = tracker.observe(seen, at: Moment(instant: start, realtime: .max), thoroughly: false)
        #expect(isDue12)
        tracker.record(.success(try run.checkpoints()[0]), for: "checkpoint-10")
        let isDue13 = tracker.observe(seen, at: Moment(instant: start, realtime: .max), thoroughly: true)
        #expect(!isDue13)
        #expect(tracker.complete.map(\.name) == ["checkpoint-10"])
        tracker.forget(except: [])
        #expect(tracker.complete.isEmpty)
        #expect(tracker.nextDeadline == nil)
    }
}
