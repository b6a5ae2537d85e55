import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A trainer saves while the daemon watches.
@Suite(.serialized) struct DaemonLiveRunTests {
    /// Ways of saving.
    static let ways = SyntheticTrainer.Shape.allCases.flatMap { shape in
        SyntheticTrainer.Writing.allCases.map { (shape, $0) }
    }

    @Test("the average comes with the k-th checkpoint, is exact, and leaves the trainer's files alone", arguments: ways)
    func run(shape: SyntheticTrainer.Shape, writing: SyntheticTrainer.Writing) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch, writing: writing, shape: shape)
            try place.configure(k: 3)
            let steps = [100, 200, 300, 400]
            let (before, ending) = try await place.withDaemon { daemon in
                try await daemon.ready()
                for step in steps.prefix(2) { try await trainer.save(step) }
                try await daemon.log.wait(containing: "\(trainer.name(200)) is complete")
                #expect(try place.averageNames.isEmpty)
                try await trainer.save(300) {
                    try await Self.expectUnfinished(trainer.name(300), daemon)
                    #expect(try place.averageNames.isEmpty)
                }
                try await daemon.published(1)
                try Self.expectAverage(of: [100, 200, 300], trainer, place)
                let before = try DaemonTreeSnapshot(place.watch)
                try await daemon.rescan()
                try await trainer.save(400)
                try await daemon.published(2)
                return before
            }
            try Self.expectAverage(of: [200, 300, 400], trainer, place)
            try Self.expectAverage(of: [100, 200, 300], trainer, place, isLatest: false)
            #expect(ending.status == .exited(0))
            #expect(DaemonPlace.publishedNames(in: ending.log) == [300, 400].map(trainer.name))
            let after = try DaemonTreeSnapshot(place.watch).entries
            for (name, entry) in before.entries where !name.isEmpty {
                #expect(after[name] == entry, "\(name) was touched")
            }
            #expect(Set(try DaemonPlace.names(in: place.watch)) == Set(steps.map(trainer.name)))
            let problems = ending.log.filter { $0.contains(" warning ") || $0.contains(" error ") }
            #expect(problems.filter { !$0.contains("is not complete") } == [])
        }
    }

    @Test("published files are as private as the trainer's")
    func mode() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 1)
            try await trainer.save(1)
            #expect(try FileStatus.of(trainer.path(1).appending("model.safetensors")).mode == 0o600)
            #expect(try await place.once().status == .exited(0))
            for name in ["model.safetensors", "lawa.json"] {
                #expect(try FileStatus.of(place.latest.appending(name)).mode == 0o600)
            }
        }
    }

    @Test("averages appear whole, by rename alone")
    func rename() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try Publication.makeDirectories(place.averages)
            let inotify = try Inotify()
            _ = try inotify.addWatch(
                place.averages,
                mask: [.create, .closeWrite, .modify, .movedTo, .movedFrom, .delete]
            )
            try await place.withDaemon { daemon in
                try await trainer.save([1, 2, 3])
                try await daemon.log.wait(containing: "published ", "checkpoint-3")
            }
            let events = try inotify.wait(timeoutMilliseconds: 0)
            #expect(events.allSatisfy { $0.kind.contains(.movedTo) })
            #expect(events.compactMap(\.name).last == "latest")
            #expect(Set(events.compactMap(\.name)).isSuperset(of: ["checkpoint-3", "latest"]))
        }
    }

    /// A checkpoint that is being written is told as unfinished, or not yet seen at all.
    private static func expectUnfinished(_ name: String, _ daemon: DaemonUnderTest) async throws {
        try await daemon.rescan()
        let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
            report.checkpoints.contains { $0.name == name } || name.hasSuffix(".safetensors")
        }
        if let checkpoint = report.checkpoints.first(where: { $0.name == name }) {
            #expect(checkpoint.state == .incomplete)
            #expect(checkpoint.reason != nil)
        }
    }

    private static func expectAverage(
        of steps: [Int],
        _ trainer: SyntheticTrainer,
        _ place: DaemonPlace,
        isLatest: Bool = true
    ) throws {
        let name = trainer.name(try #require(steps.last))
        let average = place.averages.appending(name)
        try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
        if isLatest {
            #expect(try SymbolicLink.target(of: place.latest) == FilePath(name))
        }
    }
}
