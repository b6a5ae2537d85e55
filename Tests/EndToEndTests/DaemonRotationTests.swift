import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A trainer that keeps fewer checkpoints than the window needs.
@Suite(.serialized) struct DaemonRotationTests {
    @Test("pins make a window of five out of one or two", arguments: [1, 2], SyntheticTrainer.Shape.allCases)
    func window(keep: Int, shape: SyntheticTrainer.Shape) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch, shape: shape)
            try place.configure(k: 5)
            try await place.withDaemon { daemon in
                for step in 1...7 {
                    try await trainer.save(step, keep: keep, pinnedBy: daemon)
                }
                try await daemon.published(3)
                // A look that came during an average keeps its members; the next one lets go.
                try await daemon.rescan()
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.count == 5 && report.checkpoints.count(where: \.pinOnly) == 5 - keep
                }
                #expect(report.checkpoints.map(\.step) == [7, 6, 5, 4, 3])
                #expect(report.checkpoints.allSatisfy { $0.state == .window && $0.pinned })
            }
            for steps in [1...5, 2...6, 3...7].map(Array.init) {
                let average = place.averages.appending(trainer.name(steps[4]))
                try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
            }
            #expect(try DaemonPlace.names(in: place.pins) == (3...7).map(trainer.name))
            #expect(try DaemonPlace.names(in: place.watch) == (8 - keep...7).map(trainer.name))
        }
    }

    @Test("pins of a killed daemon serve the next one, which lets go of those that are needed no more")
    func restart() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 5)
            let (_, ending) = try await place.withDaemon { daemon in
                for step in 1...4 { try await trainer.save(step, keep: 1, pinnedBy: daemon) }
                try daemon.send(.kill)
                try await daemon.log.waitForEnd()
            }
            #expect(ending.status == .signaled(9))
            #expect(try DaemonPlace.names(in: place.watch) == [trainer.name(4)])
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for step in 5...6 { try await trainer.save(step, keep: 1, pinnedBy: daemon) }
                try await daemon.published(2)
                try await daemon.rescan()
                try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { $0.checkpoints.count == 5 }
            }
            for steps in [1...5, 2...6].map(Array.init) {
                let average = place.averages.appending(trainer.name(steps[4]))
                try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
            }
            #expect(try DaemonPlace.names(in: place.pins) == (2...6).map(trainer.name))
        }
    }
}
