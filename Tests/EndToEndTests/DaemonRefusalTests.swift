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

    @Test("another shape starts the window anew with the tensor's name, until it is full of one architecture")
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
                try await daemon.log.wait(containing: "warning", "the window begins anew at checkpoint-2", text)
                let status = try await daemon.wait(for: .status, StatusReport.self) {
                    $0.recipes[0].waiting?.contains(text) == true
                }
                #expect(!status.recipes[0].refused)
                #expect(status.summary.contains(text))
                try await daemon.rescan()
                try await second.save(3)
                try await daemon.published(1)
                #expect(daemon.log.items.count { $0.contains("the window begins anew") } == 1)
            }
            try AverageExpectation(average: place.latest, steps: [2, 3], trainer: second, name: "checkpoint-3").check()
            #expect(try place.averageNames == ["checkpoint-3"])
        }
    }

    @Test("a run that goes back starts the window anew, says why, and leaves the averages that are there")
    func wentBack() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await place.withDaemon { daemon in
                for (count, step) in [(0, 10), (1, 20), (2, 30)] {
                    try await trainer.save(step)
                    try await daemon.published(count)
                }
                try await trainer.save(15)
                try await daemon.log.wait(
                    containing: "warning",
                    "the window begins anew at checkpoint-15",
                    "checkpoint-30"
                )
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.contains { $0.step == 15 && $0.state == .window }
                }
                #expect(report.checkpoints.filter { $0.state == .window }.map(\.step) == [15])
                try await trainer.save(25)
                try await daemon.published(3)
            }
            try AverageExpectation(average: place.latest, steps: [15, 25], trainer: trainer, name: "checkpoint-25")
                .check()
            #expect(try place.averageNames == ["checkpoint-20", "checkpoint-25", "checkpoint-30"])
        }
    }
}
