import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Checkpoints that are whole and still cannot be averaged.
@Suite(.serialized) struct DaemonRefusalTests {
    private static let reason =
        "tensor \"layers.0.weight\" has 1 NaN or infinite elements where other members are finite"

    @Test("a diverged member is kept out by name of its tensor, and the window fills without it", arguments: [0, 1])
    func diverged(keep: Int) async throws {
        try await DaemonPlace.with { place in
            var trainer = SyntheticTrainer(place.watch)
            trainer.model.diverged = [3]
            try place.configure(k: 3)
            let (_, ending) = try await place.withDaemon { [trainer] daemon in
                for step in 1...3 { try await trainer.save(step, keep: keep, pinnedBy: daemon) }
                try await daemon.log.wait(
                    containing: "warning",
                    "checkpoint-3 is kept out of every window",
                    Self.reason
                )
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.contains { $0.state == .excluded }
                }
                #expect(report.checkpoints.first { $0.name == "checkpoint-3" }?.reason?.contains(Self.reason) == true)
                #expect(try place.averageNames.isEmpty)
                for step in 4...5 { try await trainer.save(step, keep: keep, pinnedBy: daemon) }
                try await daemon.published(2)
            }
            #expect(DaemonPlace.publishedNames(in: ending.log) == ["checkpoint-4", "checkpoint-5"])
            trainer.model.diverged = []
            for steps in [[1, 2, 4], [2, 4, 5]] {
                let average = place.averages.appending(trainer.name(steps[2]))
                try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
            }
        }
    }

    @Test("among many old checkpoints the window reaches past a diverged one")
    func divergedAtStart() async throws {
        try await DaemonPlace.with { place in
            var trainer = SyntheticTrainer(place.watch)
            trainer.model.diverged = [8]
            try place.configure(k: 3)
            try await trainer.save(1...8)
            let outcome = try await place.once()
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
            trainer.model.diverged = []
            try AverageExpectation(average: place.latest, steps: [5, 6, 7], trainer: trainer, name: "checkpoint-7")
                .check()
        }
    }

    @Test("another shape refuses the recipe with names, until the window holds one architecture")
    func shape() async throws {
        try await DaemonPlace.with { place in
            let first = SyntheticTrainer(place.watch)
            var second = first
            second.model.tensors[2].columns = 8
            try place.configure(k: 2)
            try await place.withDaemon { [second] daemon in
                try await first.save(1)
                try await second.save(2)
                let text =
                    "tensor \"layers.0.bias\" has shape [1, 7] in \"checkpoint-1\" but [1, 8] in \"checkpoint-2\""
                try await daemon.log.wait(containing: "warning", "no lawa average for checkpoint-2", text)
                let status = try await daemon.wait(for: .status, StatusReport.self) { $0.recipes[0].refused }
                #expect(status.recipes[0].waiting?.contains(text) == true)
                #expect(status.summary.contains(text))
                try await daemon.rescan()
                try await second.save(3)
                try await daemon.published(1)
                #expect(daemon.log.items.count { $0.contains("no lawa average for checkpoint-2") } == 1)
            }
            try AverageExpectation(average: place.latest, steps: [2, 3], trainer: second, name: "checkpoint-3").check()
            #expect(try place.averageNames == ["checkpoint-3"])
        }
    }
}
