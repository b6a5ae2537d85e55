import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// SIGTERM at a bad moment.
@Suite(.serialized) struct DaemonStopTests {
    @Test("in the middle of a large average it ends at once, leaves nothing, and the next start makes the average")
    func middle() async throws {
        try await DaemonPlace.with { place in
            let steps = Array(1...5)
            for step in steps { try LargeCheckpoint.save(step, in: place.watch) }
            let marker = place.watch.appending("checkpoint-5/trainer_state.json")
            try Publication.removeTree(marker)
            try place.configure(k: 5, ["limits": #"{"min_free": "1MiB", "threads": 1}"#])
            let (duration, ending) = try await place.withDaemon { daemon in
                try await daemon.ready()
                let begun = try SignalOnAppearance(SIGTERM, in: place.staging) { [daemon] name in
                    name == "average" ? daemon.processIdentifier : nil
                }
                try Fixture.write(Array("{}".utf8), to: marker)
                #expect(await begun.name == "average")
                let start = ContinuousClock.now
                try await daemon.log.waitForEnd()
                return ContinuousClock.now - start
            }
            #expect(ending.status == .exited(0))
            #expect(duration < .seconds(15))
            #expect(DaemonPlace.publishedNames(in: ending.log).isEmpty)
            #expect(ending.log.last?.hasSuffix("stopping") == true)
            #expect(try DaemonPlace.names(in: place.output) == [".lawad"])
            #expect(try DaemonPlace.names(in: place.staging) == [])
            #expect(try FileStatus.ifPresent(place.socket) == nil)
            try await place.withDaemon { try await $0.published(1) }
            #expect(try LargeCheckpoint.isMean(of: steps, place.latest.appending("model.safetensors")))
        }
    }

    @Test("idle, it ends at once", arguments: [Signal.terminate, .interrupt])
    func idle(signal: Signal) async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let (duration, ending) = try await place.withDaemon { daemon in
                try await daemon.ready()
                let start = ContinuousClock.now
                try daemon.send(signal)
                try await daemon.log.waitForEnd()
                return ContinuousClock.now - start
            }
            #expect(ending.status == .exited(0))
            #expect(duration < .seconds(2))
        }
    }
}
