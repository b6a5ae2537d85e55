import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Checkpoints that are not whole.
@Suite(.serialized) struct DaemonIncompleteTests {
    /// What is wrong, and how a trainer mends it.
    enum Gap: CaseIterable, Sendable {
        case stateMissing
        case markedIncomplete
        case shardMissing
        case weightsCutOff

        var reason: String {
            switch self {
            case .stateMissing: "\"trainer_state.json\", which the trainer writes last, is not there yet"
            case .markedIncomplete: "the trainer marked it as unfinished with \"checkpoint-is-incomplete.txt\""
            case .shardMissing: "\"model-00002-of-00002.safetensors\", which \"model.safetensors.index.json\" names"
            case .weightsCutOff: "\"model-00001-of-00002.safetensors\" cannot be read as weights"
            }
        }
    }

    @Test(
        "an incomplete one is told with its reason, never averaged, and averaged as soon as it is whole",
        arguments: Gap.allCases
    )
    func gap(gap: Gap) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch, shape: .shards)
            try place.configure(k: 2)
            try await trainer.save(1)
            let complete = place.root.appending("complete")
            try await SyntheticTrainer(complete, shape: .shards).save(2)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try await Self.copy(complete, to: trainer.path(2), gap)
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.first?.reason?.contains(gap.reason) == true
                }
                #expect(report.checkpoints.map(\.state) == [.incomplete, .window])
                try await daemon.log.wait(containing: "checkpoint-2 is not complete", gap.reason)
                try await daemon.rescan()
                #expect(try await daemon.client.ask(.averages, as: AveragesReport.self).averages.isEmpty)
                #expect(try place.averageNames.isEmpty)
                try Self.mend(trainer.path(2), complete, gap)
                try await daemon.published(1)
            }
            try AverageExpectation(average: place.latest, steps: [1, 2], trainer: trainer, name: "checkpoint-2").check()
        }
    }

    @Test("a name that leaves no room for a manifest's is refused with both numbers", arguments: [245, 246, 255])
    func longNames(byteCount: Int) async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            for step in 1...2 {
                let ending = "_\(step).safetensors"
                let name = String(repeating: "m", count: byteCount - ending.utf8.count) + ending
                try Fixture.write(ManyTensors.bytes(count: 1), to: place.watch.appending(name))
            }
            let run = try await place.once()
            if byteCount <= 245 {
                #expect(run.status == .exited(0), "\(run.errors)")
                #expect(try place.averageNames.count == 2)
            } else {
                #expect(run.status == .exited(1))
                #expect(run.errors.contains("its name has \(byteCount) bytes, and a name of more than 245"))
            }
        }
    }

    @Test("a file of a series that is cut off waits for its rest")
    func cutOffFile() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch, writing: .chunked, shape: .file)
            try place.configure(k: 1)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try await trainer.save(1) {
                    try await daemon.log.wait(
                        containing: "step_1.safetensors is not complete",
                        "cannot be read as weights"
                    )
                }
                try await daemon.published(1)
            }
        }
    }

    @Test("a later checkpoint does not wait for an incomplete one")
    func laterOne() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await trainer.save([1, 3])
            try trainer.beginDirectory(2)
            #expect(try await place.once().status == .exited(0))
            try AverageExpectation(average: place.latest, steps: [1, 3], trainer: trainer, name: "checkpoint-3").check()
        }
    }

    private static func copy(_ complete: FilePath, to path: FilePath, _ gap: Gap) async throws {
        try Publication.makeDirectories(path)
        // The trainer makes it first and removes it last.
        if gap == .markedIncomplete { try Fixture.write([], to: path.appending("checkpoint-is-incomplete.txt")) }
        let source = complete.appending("checkpoint-2")
        for name in try DaemonPlace.names(in: source) {
            switch (gap, name) {
            case (.stateMissing, "trainer_state.json"), (.shardMissing, "model-00002-of-00002.safetensors"): continue
            case (.weightsCutOff, "model-00001-of-00002.safetensors"):
                try Fixture.write(
                    try Fixture.read(source.appending(name)).dropLast(100).map { $0 },
                    to: path.appending(name)
                )
            default: try Fixture.write(try Fixture.read(source.appending(name)), to: path.appending(name))
            }
        }
    }

    private static func mend(_ path: FilePath, _ complete: FilePath, _ gap: Gap) throws {
        let name =
            switch gap {
            case .stateMissing: "trainer_state.json"
            case .shardMissing: "model-00002-of-00002.safetensors"
            case .weightsCutOff: "model-00001-of-00002.safetensors"
            case .markedIncomplete: "checkpoint-is-incomplete.txt"
            }
        if gap == .markedIncomplete { return try Publication.removeTree(path.appending(name)) }
        try Fixture.write(
            try Fixture.read(complete.appending("checkpoint-2").appending(name)),
            to: path.appending(name)
        )
    }
}
