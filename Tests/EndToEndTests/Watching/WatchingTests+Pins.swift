import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// How members are kept on filesystems that share blocks, and across filesystems.
    @Suite(.serialized) struct Pins {
        private static let filesystems = ["xfs", "btrfs"].filter { Machine.imageObstacle($0) == nil }
        private static let obstacle = Machine.imageObstacle("xfs") ?? Machine.imageObstacle("btrfs")

        @Test(
            "where blocks can be shared, pins are reflinks: files of their own without room of their own",
            .unless(obstacle),
            arguments: filesystems
        )
        func reflinks(filesystem: String) async throws {
            try await Self.withImage(filesystem) { place in
                var trainer = SyntheticTrainer(place.watch)
                // Small files may lie within the directory's own blocks, which are not shared.
                trainer.model.tensors[0].rows = 500
                try place.configure(k: 3)
                try await place.withDaemon { [trainer] daemon in
                    for step in 1...4 { try await trainer.save(step, keep: 2, pinnedBy: daemon) }
                    try await daemon.published(2)
                }
                let file = "model.safetensors"
                let original = try FileStatus.of(trainer.path(4).appending(file))
                let pin = place.pins.appending(trainer.name(4)).appending(file)
                #expect(try FileStatus.of(pin).inode != original.inode)
                let shared = try await Machine.shell("filefrag -v '\(pin)'")
                #expect(shared.contains("shared"), "\(shared)")
                try AverageExpectation(
                    average: place.averages.appending(trainer.name(4)),
                    steps: [2, 3, 4],
                    trainer: trainer
                )
                .check()
            }
        }

        @Test(
            "versions of a file that is written in place survive as reflinks",
            .unless(obstacle),
            arguments: filesystems
        )
        func inPlace(filesystem: String) async throws {
            try await Self.withImage(filesystem) { place in
                try await Self.expectVersions(place)
            }
        }

        @Test(
            "where the output is on another filesystem, pins are copies, and outlive rotation down to one",
            .unless(Machine.mountObstacle)
        )
        func copies() async throws {
            try await DaemonPlace.with { place in
                try await Machine.withMount("mount -t tmpfs none", at: place.output) {
                    let trainer = SyntheticTrainer(place.watch)
                    try place.configure(k: 3)
                    try await place.withDaemon { daemon in
                        for step in 1...5 { try await trainer.save(step, keep: 1, pinnedBy: daemon) }
                        try await daemon.published(3)
                    }
                    for steps in [[1, 2, 3], [2, 3, 4], [3, 4, 5]] {
                        let average = place.averages.appending(trainer.name(steps[2]))
                        try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
                    }
                }
            }
        }

        @Test("a file in place, with the output on another filesystem", .unless(Machine.mountObstacle))
        func copiesInPlace() async throws {
            try await DaemonPlace.with { place in
                try await Machine.withMount("mount -t tmpfs none", at: place.output) {
                    try await Self.expectVersions(place)
                }
            }
        }

        @Test(
            "a pin that shares its bytes with a file that is written again is a member no longer",
            arguments: [false, true]
        )
        func writtenAgain(afterRestart: Bool) async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch, writing: .inPlace, shape: .shards)
                try place.configure(k: 2)
                let spoil: @Sendable () throws -> Void = {
                    // A trainer that saves again into the same files, ends after the first, and is cleared away.
                    let shard = trainer.path(1).appending("model-00001-of-00002.safetensors")
                    let other = trainer.expected(meanOf: [9])[0].bytes
                    let file = try FileDescriptor.open(shard, .writeOnly, options: .truncate)
                    try file.closeAfter { _ = try file.writeAll(other) }
                    try trainer.delete(1)
                }
                try await place.withDaemon { daemon in
                    try await trainer.save(1, keep: 0, pinnedBy: daemon)
                    if afterRestart { return }
                    try spoil()
                    try await daemon.rescan()
                    try await trainer.save(2, keep: 0, pinnedBy: daemon)
                }
                if afterRestart {
                    try spoil()
                    try await trainer.save(2)
                }
                _ = try await place.once()
                for name in try place.averageNames {
                    let average = place.averages.appending(name)
                    try AverageExpectation(average: average, steps: [1, 2], trainer: trainer).check()
                }
            }
        }

        private static func expectVersions(_ place: DaemonPlace) async throws {
            try place.configure(k: 3)
            let saves = (1...5).map { OverwrittenFile.Save(step: 1000 * $0) }
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for save in saves {
                    try OverwrittenFile(save).save(as: place.watch.appending("ckpt.pt"))
                    try await daemon.log.wait(containing: "ckpt-\(save.step).pt is complete", "pinned")
                }
                try await daemon.published(3)
            }
            for last in 2..<5 {
                let average = place.averages.appending("ckpt-\(saves[last].step).pt")
                let expected = try OverwrittenFile(meanOf: Array(saves[last - 2...last])).bytes
                let isRight = try Fixture.read(average) == expected
                #expect(isRight, "\(average)")
            }
        }

        /// Makes a filesystem in a file, and a place on it.
        private static func withImage(_ filesystem: String, _ body: (DaemonPlace) async throws -> Void) async throws {
            try await withTemporaryDirectory { directory in
                let image = directory.appending("image")
                let options = filesystem == "xfs" ? "-q -m reflink=1" : "-q"
                try await Machine.shell("truncate --size 512M '\(image)' && mkfs.\(filesystem) \(options) '\(image)'")
                try await Machine.withMount("mount -o loop '\(image)'", at: directory.appending("mount")) {
                    let place = DaemonPlace(root: directory.appending("mount"))
                    try Publication.makeDirectories(place.watch)
                    try await body(place)
                }
            }
        }
    }
}
