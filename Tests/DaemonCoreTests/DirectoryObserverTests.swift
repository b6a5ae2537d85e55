import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import DaemonCore

@Suite struct DirectoryObserverTests {
    private func observer(_ run: RunDirectory, k: Int = 3, pin: PinMethod = .auto) -> DirectoryObserver {
        var configuration = run.configuration(k: k)
        configuration.pin = pin
        return DirectoryObserver(configuration: configuration, store: run.store, inotify: nil)
    }

    private func look(_ observer: inout DirectoryObserver) -> DirectoryView {
        observer.look(LookContext()) {}
    }

    @Test func aMissingDirectoryIsWaitedFor() throws {
        let run = try RunDirectory()
        try Publication.removeTree(run.watch)
        var observer = observer(run)
        let view = look(&observer)
        #expect(!view.isPresent)
        #expect(view.problem == "\"\(run.watch)\" does not exist yet; waiting for the trainer to make it")
        try Publication.makeDirectories(run.watch)
        try run.save(10)
        let view1 = look(&observer)
        #expect(view1.complete.map(\.name) == ["checkpoint-10"])
    }

    @Test func pinsOutliveTheRotation() throws {
        let run = try RunDirectory()
        var observer = observer(run)
        for step in [10, 20, 30, 40] {
            try run.save(step)
            if step > 10 { try run.delete(step - 10) }
            let view = look(&observer)
            #expect(view.complete.last?.step == Step(step))
        }
        let view = look(&observer)
        #expect(view.complete.map(\.step.value) == [20, 30, 40])
        #expect(view.pinOnly == ["checkpoint-20", "checkpoint-30"])
        #expect(view.pinned == ["checkpoint-20", "checkpoint-30", "checkpoint-40"])
        var restarted = self.observer(run)
        let view2 = look(&restarted)
        #expect(view2.complete.map(\.step.value) == [20, 30, 40])
    }

    /// With one checkpoint kept, a trainer may delete each before it has been quiet for long enough.
    @Test func whatIsDeletedBeforeItSettlesLivesOnInItsPin() throws {
        let run = try RunDirectory()
        var configuration = run.configuration(k: 2)
        configuration.settle = .milliseconds(300)
        var observer = DirectoryObserver(configuration: configuration, store: run.store, inotify: nil)
        for step in [10, 20] {
            try run.save(step)
            let first = look(&observer)
            #expect(first.settling.map(\.step.value) == [step])
            #expect(first.isSettling)
            try run.delete(step)
        }
        var view = look(&observer)
        while let deadline = observer.nextDeadline, view.complete.count < 2 {
            HostProcess.pause(until: deadline)
            view = look(&observer)
        }
        #expect(view.complete.map(\.step.value) == [10, 20])
        #expect(view.pinOnly == ["checkpoint-10", "checkpoint-20"])
    }

    /// Between a look and the average chosen from it another look may come; it must not take the members away.
    @Test func aPinOutlivesItsWindowByOneLook() throws {
        let run = try RunDirectory()
        var observer = observer(run, k: 1)
        try run.save(10)
        _ = look(&observer)
        try run.save(20)
        try run.delete(10)
        let next = look(&observer)
        #expect(next.pinned == ["checkpoint-10", "checkpoint-20"])
        let last = look(&observer)
        #expect(last.pinned == ["checkpoint-20"])
        #expect(last.complete.map(\.name) == ["checkpoint-20"])
    }

    /// What is due is still averaged, and a directory that comes back goes on where it was.
    @Test func aDirectoryThatIsGoneLivesOnInItsPins() throws {
        let run = try RunDirectory()
        var observer = observer(run)
        try run.save(10, 20, 30)
        _ = look(&observer)
        try Publication.removeTree(run.watch)
        let gone = look(&observer)
        #expect(!gone.isPresent && gone.problem != nil)
        #expect(gone.complete.map(\.step.value) == [10, 20, 30])
        #expect(gone.pinOnly.count == 3)
        try Publication.makeDirectories(run.watch)
        try run.save(40)
        let back = look(&observer)
        #expect(back.isPresent && back.problem == nil)
        #expect(back.complete.suffix(3).map(\.step.value) == [20, 30, 40])
        #expect(back.appeared.isEmpty)
    }

    @Test func withoutPinsTheRotationWins() throws {
        let run = try RunDirectory()
        var observer = observer(run, pin: .none)
        try run.save(10, 20)
        let view3 = look(&observer)
        #expect(view3.complete.count == 2)
        try run.delete(10)
        let view4 = look(&observer)
        #expect(view4.complete.map(\.step.value) == [20])
    }

    @Test func copiesLeaveTheReserveAlone() throws {
        let run = try RunDirectory()
        try run.save(10)
        var configuration = run.configuration()
        configuration.pin = .copy
        configuration.limits.minFree = .max / 2
        var observer = DirectoryObserver(configuration: configuration, store: run.store, inotify: nil)
        let view = look(&observer)
        #expect(view.pinned.isEmpty)
        #expect(view.complete.map(\.name) == ["checkpoint-10"])
        #expect(try #require(view.pinProblem).contains("no room to copy \"checkpoint-10\""))
        configuration.limits.minFree = 0
        observer.reconfigure(configuration)
        let relieved = look(&observer)
        #expect(relieved.pinned == ["checkpoint-10"])
    }

    /// A deletion takes time; in between the directory is there but not whole, and the pin still is.
    @Test func aHalfDeletedCheckpointLivesOnInItsPin() throws {
        let run = try RunDirectory()
        var observer = observer(run)
        try run.save(10, 20)
        _ = look(&observer)
        try Publication.removeTree(run.watch.appending("checkpoint-10/model.safetensors"))
        let view = look(&observer)
        #expect(view.complete.map(\.step.value) == [10, 20])
        #expect(view.incomplete.map(\.candidate.name) == ["checkpoint-10"])
    }

    @Test func aRewrittenCheckpointReplacesItsPin() throws {
        let run = try RunDirectory()
        var observer = observer(run)
        try run.save(10)
        let before = look(&observer).complete[0]
        try run.delete(10)
        try SyntheticCheckpoint(values: [7, 8, 9]).write(step: 10, in: run.watch)
        let after = look(&observer).complete[0]
        #expect(!after.isSameVersion(as: before))
        #expect(after.catalog.entries[0].info.shape == [3])
    }

    /// The marker of the save before vouches for nothing: until it is written again, the pin of that save is the member.
    @Test(arguments: [false, true])
    func weightsThatAreSavedAgainUnderAnOldMarkerWait(restarts: Bool) throws {
        let run = try RunDirectory()
        var observer = observer(run)
        try run.save(10, 20)
        let before = look(&observer).complete[1]
        let directory = run.watch.appending("checkpoint-20")
        let elsewhere = run.store.staging.path.appending("saved")
        try SyntheticCheckpoint(values: [7, 1]).write(step: 20, in: elsewhere)
        try Publication.publish(
            staged: elsewhere.appending("checkpoint-20/model.safetensors"),
            as: directory.appending("model.safetensors")
        )
        if restarts { observer = self.observer(run) }
        let halfway = look(&observer)
        #expect(
            halfway.incomplete.map(\.reason) == [
                .partlySavedAgain(new: "model.safetensors", old: "trainer_state.json")
            ]
        )
        #expect(halfway.complete.map(\.step.value) == [10, 20])
        #expect(halfway.complete[1].isSameVersion(as: before))
        try SyntheticCheckpoint.finish(directory, step: 20)
        let after = look(&observer)
        #expect(after.incomplete.isEmpty)
        #expect(!after.complete[1].isSameVersion(as: before))
    }

    /// Writing into a file leaves the time of its directory as it was.
    @Test func aRunThatBeginsAnewInTheFilesOfOldOnesIsSeen() throws {
        let run = try RunDirectory()
        for step in 1...20 { try run.save(step) }
        var observer = observer(run)
        _ = look(&observer)
        let weights = run.watch.appending("checkpoint-4/model.safetensors")
        let bytes = SyntheticCheckpoint(values: [9, 9]).weightBytes
        // Longer than a tick of the clock that times files.
        HostProcess.pause(milliseconds: 20)
        let file = try FileDescriptor.open(weights, .writeOnly)
        _ = try file.closeAfter { try file.writeAll(bytes) }
        let view = look(&observer)
        let written = try FileStatus.of(weights).modificationTime
        #expect(view.complete.contains { $0.step == Step(4) && $0.modified == written })
    }

    /// A first look may go through very many checkpoints.
    @Test(arguments: [1, 2, 7])
    func aLookEndsWhereItIsToldTo(beat: Int) throws {
        let run = try RunDirectory()
        for step in 1...10 { try run.save(step) }
        var observer = observer(run, k: 10, pin: .none)
        var beats = 0
        #expect(throws: CancellationError.self) {
            try observer.look(LookContext()) {
                beats += 1
                if beats >= beat { throw CancellationError() }
            }
        }
        #expect(beats == beat)
    }

    @Test func lookingReadOnlyChangesNothing() throws {
        let run = try RunDirectory()
        var pinning = observer(run)
        try run.save(10, 20, 30, 40)
        _ = look(&pinning)
        let pins = run.store.pins.path
        let before = try DirectoryListing.entries(of: pins).map(\.name)
        try run.delete(40)
        var observer = DirectoryObserver(
            configuration: run.configuration(k: 1),
            store: run.store,
            inotify: nil,
            mayPin: false
        )
        let view5 = look(&observer)
        #expect(view5.complete.map(\.step.value) == [20, 30, 40])
        #expect(try DirectoryListing.entries(of: pins).map(\.name) == before)
    }

    @Test func onlyWhatWindowsReachIsLookedInto() throws {
        let run = try RunDirectory()
        for step in 1...40 { try run.save(step) }
        var observer = observer(run, pin: .none)
        let view = look(&observer)
        #expect(view.seenCount == 40)
        #expect(view.complete.map(\.step.value) == [38, 39, 40])
        #expect(view.older.count == 37)
    }

    /// A directory that was just copied here is all new; that is no reason to read it from end to end.
    @Test func newnessReachesNoFurther() throws {
        let run = try RunDirectory()
        for step in 1...40 { try run.save(step) }
        var configuration = run.configuration()
        configuration.settle = .seconds(3600)
        var observer = DirectoryObserver(configuration: configuration, store: run.store, inotify: nil)
        let view = look(&observer)
        #expect(view.settling.map(\.step.value) == [40, 39, 38])
        #expect(view.older.count == 37)
    }

    /// Whatever happens between looks, what a look finds is what a new daemon would find: no event is part of the state.
    @Test(arguments: 0..<12)
    func randomActionsEndAsTheDirectorySays(seed: Int) throws {
        let run = try RunDirectory()
        var random = SeededGenerator(seed: UInt64(seed))
        var observer = observer(run, k: 4, pin: .none)
        for _ in 0..<60 {
            let step = Int(random.next() % 8) * 10
            switch random.next() % 6 {
            case 0, 1: try run.save(step)
            case 2: try run.delete(step)
            case 3: try SyntheticCheckpoint(values: [1, 2], isFinished: false).write(step: step + 5, in: run.watch)
            case 4:
                let path = run.watch.appending("checkpoint-\(step + 5)")
                if try FileStatus.ifPresent(path) != nil { try SyntheticCheckpoint.finish(path, step: step + 5) }
            default:
                try Publication.removeTree(run.watch.appending("checkpoint-\(step)/trainer_state.json"))
            }
            if random.next() % 3 == 0 { _ = look(&observer) }
        }
        let view = look(&observer)
        var fresh = self.observer(run, k: 4, pin: .none)
        let expected = look(&fresh)
        #expect(view.complete.map(FailureLedger.MemberKey.init) == expected.complete.map(FailureLedger.MemberKey.init))
        #expect(view.incomplete.map(\.candidate.name) == expected.incomplete.map(\.candidate.name))
        #expect(view.incomplete.map(\.reason) == expected.incomplete.map(\.reason))
    }
}
