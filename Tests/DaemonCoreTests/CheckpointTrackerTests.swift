import Checkpoints
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

    @Test func whatChangedAMomentAgoSettlesFirst() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(settle: .seconds(1))
        let seen = try sighting(run, 10)
        let written = seen.files.lastModification
        let isDue1 = tracker.observe(seen, now: start, realtime: written, thoroughly: true)
        #expect(!isDue1)
        #expect(tracker.nextDeadline == start + .seconds(1))
        let isDue2 = tracker.observe(seen, now: start + .milliseconds(999), realtime: written, thoroughly: true)
        #expect(!isDue2)
        let isDue3 = tracker.observe(seen, now: start + .seconds(1), realtime: written, thoroughly: false)
        #expect(isDue3)
    }

    @Test func whatIsOldNeedsNoWaiting() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(settle: .seconds(1))
        let seen = try sighting(run, 10)
        let later = seen.files.lastModification + 1_000_000_000
        let isDue4 = tracker.observe(seen, now: start, realtime: later, thoroughly: false)
        #expect(isDue4)
    }

    /// A file from a machine whose clock is ahead would otherwise count as quiet or never settle.
    @Test func aTimeInTheFutureIsNoEvidence() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(settle: .seconds(1))
        let seen = try sighting(run, 10)
        let earlier = seen.files.lastModification - 3_600_000_000_000
        let isDue5 = tracker.observe(seen, now: start, realtime: earlier, thoroughly: false)
        #expect(!isDue5)
        let isDue6 = tracker.observe(seen, now: start + .seconds(1), realtime: earlier, thoroughly: false)
        #expect(isDue6)
    }

    @Test func aChangeStartsTheWaitAnew() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(settle: .seconds(1))
        let first = try sighting(run, 10)
        _ = tracker.observe(first, now: start, realtime: first.files.lastModification, thoroughly: false)
        try run.save(10)
        let second = try sighting(run, 10)
        let written = second.files.lastModification
        let isDue7 = tracker.observe(second, now: start + .seconds(1), realtime: written, thoroughly: false)
        #expect(!isDue7)
        let isDue8 = tracker.observe(second, now: start + .seconds(2), realtime: written, thoroughly: false)
        #expect(isDue8)
    }

    @Test func verdictsStandUntilSomethingChanges() throws {
        let run = try RunDirectory()
        try run.save(10)
        var tracker = CheckpointTracker(settle: .zero)
        let seen = try sighting(run, 10)
        let isDue9 = tracker.observe(seen, now: start, realtime: .max, thoroughly: false)
        #expect(isDue9)
        tracker.record(.failure(.missingMarker(file: "trainer_state.json")), for: "checkpoint-10")
        let isDue10 = tracker.observe(seen, now: start, realtime: .max, thoroughly: false)
        #expect(!isDue10)
        let isDue11 = tracker.observe(seen, now: start, realtime: .max, thoroughly: true)
        #expect(isDue11)
        tracker.record(.failure(.openForWriting(file: "model.safetensors")), for: "checkpoint-10")
        let isDue12 = tracker.observe(seen, now: start, realtime: .max, thoroughly: false)
        #expect(isDue12)
        tracker.record(.success(try run.checkpoints()[0]), for: "checkpoint-10")
        let isDue13 = tracker.observe(seen, now: start, realtime: .max, thoroughly: true)
        #expect(!isDue13)
        #expect(tracker.complete.map(\.name) == ["checkpoint-10"])
        tracker.forget(except: [])
        #expect(tracker.complete.isEmpty)
        #expect(tracker.nextDeadline == nil)
    }
}
