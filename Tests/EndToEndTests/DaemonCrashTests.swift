import Glibc
import LinuxSystem
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// SIGKILL at any moment between the start and the published average.
@Suite(.serialized) struct DaemonCrashTests {
    private static let iterations = 20
    private static let steps = Array(1...3)

    @Test("whatever the moment, the next run publishes the same bytes and leaves nothing behind")
    func anyMoment() async throws {
        try await DaemonPlace.with { place in
            var trainer = SyntheticTrainer(place.watch)
            // Several blocks, so that there is a middle.
            trainer.model.tensors[0].rows = 2000
            try place.configure(k: 3)
            try await trainer.save(Self.steps)
            let reference = try await Self.kill(at: .max, place)
            try AverageExpectation(
                average: place.averages.appending("checkpoint-3"),
                steps: Self.steps,
                trainer: trainer
            )
            .check()
            let bytes = try Fixture.read(place.latest.appending("model.safetensors"))
            try #require(reference.eventCount > 10)
            var killCount = 0
            for iteration in 0..<Self.iterations {
                try Publication.removeTree(place.output)
                let moment = 1 + (iteration * reference.eventCount) / Self.iterations
                let context: Comment = "killed at event \(moment) of \(reference.eventCount)"
                let ending = try await Self.kill(at: moment, place).ending
                // The kernel merges events, so a run may have fewer than the first had and end by itself.
                if ending.status == .signaled(9) { killCount += 1 }
                let visible = try place.averageNames
                #expect(visible.isEmpty || visible == ["checkpoint-3"], context)
                try await Self.expectRepaired(place, bytes, context)
            }
            #expect(killCount >= Self.iterations * 3 / 4)
        }
    }

    /// Runs a daemon that is killed at an event in its output, or stopped after its average.
    private static func kill(
        at moment: Int,
        _ place: DaemonPlace
    ) async throws -> (eventCount: Int, ending: DaemonUnderTest.Ending) {
        let victim = Victim()
        // Watched from before the start, for a daemon with little to do is done within milliseconds.
        let events = try OutputEvents(place.output, at: moment) { victim.strike() }
        defer { events.stop() }
        let (_, ending) = try await place.withDaemon { daemon in
            victim.name(daemon.processIdentifier)
            try await daemon.log.wait(for: "average or end") { [log = daemon.log] items in
                items.contains { $0.contains("published ") } || log.isFinished ? true : nil
            }
        }
        return (events.count, ending)
    }

    private static func expectRepaired(_ place: DaemonPlace, _ bytes: [UInt8], _ context: Comment) async throws {
        let outcome = try await place.once()
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(try DaemonPlace.names(in: place.output) == [".lawad", "lawa"], context)
        #expect(try DaemonPlace.names(in: place.averages) == ["checkpoint-3", "latest"], context)
        #expect(try DaemonPlace.names(in: place.staging) == [], context)
        try #require(try DaemonPlace.names(in: place.averages.appending("checkpoint-3")).count == 3, context)
        try #require(try DaemonPlace.names(in: place.averages).contains("latest"), context)
        #expect(try Fixture.read(place.latest.appending("model.safetensors")) == bytes, context)
    }
}

/// A process that is killed once it is both known and to be killed, whichever comes first.
private final class Victim: Sendable {
    private let state = Mutex<(process: Int32?, isStruck: Bool)>((nil, false))

    func name(_ process: Int32) {
        state.withLock { state in
            state.process = process
            if state.isStruck { kill(process, SIGKILL) }
        }
    }

    func strike() {
        state.withLock { state in
            state.isStruck = true
            if let process = state.process { kill(process, SIGKILL) }
        }
    }
}
