import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Trainers that save with `torch.save`.
@Suite(.serialized) struct DaemonTorchTests {
    @Test(
        "names and places of the model are recognised; the average is what `lawa average` makes",
        arguments: [
            (TorchRun("tied"), ["ckpt_100.pt", "ckpt_200.pt", "ckpt_1000.pt"], "nanogpt"),
            (
                TorchRun("parameters"), ["checkpoint-1.pth.tar", "checkpoint-2.pth.tar", "checkpoint-10.pth.tar"],
                "timm"
            ),
            (TorchRun("flat_buffer"), ["checkpoint_1_10.pt", "checkpoint_2_20.pt", "checkpoint_3_30.pt"], "fairseq"),
            (
                TorchRun(
                    "lightning_weight_averaging",
                    ["epoch=0-step=10.ckpt", "epoch=1-step=20.ckpt", "epoch=2-step=30.ckpt"]
                ),
                ["epoch=0-step=10.ckpt", "epoch=1-step=20.ckpt", "epoch=2-step=30-v1.ckpt"], "lightning"
            ),
            (TorchRun("legacy_tied_and_views"), ["net_1.pth", "net_2.pth", "net_3.pth"], "torch-series"),
        ]
    )
    func layouts(run: TorchRun, names: [String], layout: String) async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 3)
            try await place.withDaemon { daemon in
                for (index, name) in names.enumerated() { try run.save(index, as: place.watch.appending(name)) }
                try await daemon.published(1)
                let status = try await daemon.wait(for: .status, StatusReport.self) { $0.watch.layout != nil }
                #expect(status.watch.layout == layout)
            }
            let isRight = try await Fixture.read(place.averages.appending(names[2])) == run.average(of: [0, 1, 2])
            #expect(isRight)
        }
    }

    /// Saves a version of a file that is written in place, and waits until it is kept under its step.
    private static func save(
        _ run: TorchRun,
        _ index: Int,
        as checkpoint: FilePath,
        copiedBy daemon: DaemonUnderTest
    ) async throws {
        try run.save(index, as: checkpoint)
        let step = (index + 1) * 10
        try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
            report.checkpoints.contains { $0.name == "ckpt-\(step).pt" && $0.step == step && $0.pinned }
        }
    }

    @Test("a file that is written again and again gives a window of its versions")
    func inPlace() async throws {
        let run = TorchRun("tied")
        try await DaemonPlace.with { place in
            try place.configure(k: 3)
            let checkpoint = place.watch.appending("ckpt.pt")
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for index in 0..<3 { try await Self.save(run, index, as: checkpoint, copiedBy: daemon) }
                try await daemon.published(1)
            }
            let isRight = try await Fixture.read(place.averages.appending("ckpt-30.pt")) == run.average(of: [0, 1, 2])
            #expect(isRight)
            #expect(try DaemonPlace.names(in: place.watch) == ["ckpt.pt"])
            #expect(try DaemonPlace.names(in: place.pins) == ["ckpt-10.pt", "ckpt-20.pt", "ckpt-30.pt"])
        }
    }

    @Test("versions that were kept before a crash count after it")
    func inPlaceAfterCrash() async throws {
        let run = TorchRun("tied")
        try await DaemonPlace.with { place in
            try place.configure(k: 3)
            let checkpoint = place.watch.appending("ckpt.pt")
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for index in 0..<2 { try await Self.save(run, index, as: checkpoint, copiedBy: daemon) }
                try daemon.send(.kill)
                try await daemon.log.waitForEnd()
            }
            try run.save(2, as: checkpoint)
            let outcome = try await place.once()
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
            let isRight = try await Fixture.read(place.latest) == run.average(of: [0, 1, 2])
            #expect(isRight)
        }
    }

    @Test("a run that begins again in the same file is not mixed with the one before")
    func inPlaceAgain() async throws {
        let run = TorchRun("tied")
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            let checkpoint = place.watch.appending("ckpt.pt")
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for (index, step) in [(1, 20), (2, 30), (0, 10), (1, 20)] {
                    try run.save(index, as: checkpoint)
                    try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                        report.checkpoints.first { $0.step == step }?.pinned == true
                            && report.checkpoints.allSatisfy { $0.step <= step || $0.state == .excluded }
                    }
                    // Before the run goes back, after which there is nothing to average up to it.
                    if step == 30 { try await daemon.published(1) }
                }
                try await daemon.published(2)
            }
            let isRight = try await Fixture.read(place.averages.appending("ckpt-20.pt")) == run.average(of: [0, 1])
            #expect(isRight)
            let manifest = String(
                decoding: try Fixture.read(place.averages.appending("ckpt-20.pt.lawa.json")),
                as: UTF8.self
            )
            #expect(manifest.contains("\"\(checkpoint)\"") && !manifest.contains("run/ckpt-"))
        }
    }

    @Test("a damaged member is kept out, with the reason, and the window fills without it")
    func damaged() async throws {
        let run = TorchRun("bit_flipped_crc_on")
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            for index in 0..<3 { try run.save(index, as: place.watch.appending("ckpt_\(index + 1).pt")) }
            try await place.withDaemon { daemon in
                try await daemon.published(1)
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.contains { $0.state == .excluded }
                }
                let excluded = report.checkpoints.filter { $0.state == .excluded }
                #expect(excluded.map(\.name) == ["ckpt_2.pt"])
                #expect(excluded.first?.reason?.contains("it is damaged") == true)
            }
            let isRight = try await Fixture.read(place.latest) == run.average(of: [0, 2])
            #expect(isRight)
        }
    }

    @Test("two trainers in one directory are told of by name, and nothing is averaged")
    func ambiguous() async throws {
        let run = TorchRun("tied")
        try await DaemonPlace.with { place in
            try place.configure(k: 1)
            try run.save(0, as: place.watch.appending("ckpt_1.pt"))
            try run.save(0, as: place.watch.appending("epoch=0-step=1.ckpt"))
            try await place.withDaemon { daemon in
                try await daemon.ready()
                let status = try await daemon.wait(for: .status, StatusReport.self) { $0.watch.problem != nil }
                let problem = try #require(status.watch.problem)
                #expect(
                    problem.contains("\"lightning\"") && problem.contains("\"nanogpt\"") && problem.contains("layout")
                )
            }
            #expect(try place.averageNames.isEmpty)
            try place.configure(k: 1, ["layout": "\"nanogpt\""])
            let outcome = try await place.once()
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
            #expect(try place.averageNames.contains("ckpt_1.pt"))
        }
    }

    @Test(
        "two series side by side are never mixed: one that is an average of the other gives way, else neither is taken"
    )
    func series() async throws {
        let run = TorchRun("tied")
        try await DaemonPlace.with { place in
            try place.configure(k: 3)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for index in 0..<3 {
                    for name in ["net_\(index).pt", "ema_net_\(index).pt"] {
                        try run.save(index, as: place.watch.appending(name))
                        try await daemon.rescan()
                    }
                }
                try await daemon.published(1)
            }
            #expect(try place.averageNames.filter { !$0.hasSuffix(".json") } == ["net_2.pt"])
            for index in 0..<3 { try run.save(index, as: place.watch.appending("G_\(index).pt")) }
            let outcome = try await place.once()
            #expect(outcome.status != .exited(0))
            #expect(outcome.errors.contains("G_*.pt") && outcome.errors.contains("net_*.pt"), "\(outcome.errors)")
        }
    }

    @Test("the configuration names another place of the model, and the newest's statistics")
    func modelPath() async throws {
        let run = TorchRun("gan_asked")
        try await DaemonPlace.with { place in
            let tensors = #"{"model": "netG", "batch_norm": "newest"}"#
            try place.configure(k: 3, ["tensors": tensors])
            for index in 0..<3 { try run.save(index, as: place.watch.appending("ckpt_\(index + 1).pt")) }
            let outcome = try await place.once()
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
            let expected = try await run.average(of: [0, 1, 2], ["--model", "netG", "--batch-norm", "newest"])
            let isRight = try Fixture.read(place.latest) == expected
            #expect(isRight)
        }
    }
}
