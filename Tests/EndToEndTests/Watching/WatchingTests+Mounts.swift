import ControlProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// Filesystems on which what others write gives no events.
    @Suite(.serialized) struct Mounts {
        /// Rescans so often that tests are quick.
        private static let polling = ["rescan": "\"1s\"", "settle": "\"100ms\""]

        @Test(
            "what is written behind a FUSE mount is found by polling",
            .unless(Machine.fuseObstacle),
            arguments: SyntheticTrainer.Writing.allCases
        )
        func behindFUSE(writing: SyntheticTrainer.Writing) async throws {
            try await DaemonPlace.with { place in
                let source = place.root.appending("source")
                try await place.withFUSE(of: source) {
                    let trainer = SyntheticTrainer(source, writing: writing)
                    try await Self.expectAverages(place, savedBy: trainer, filesystem: "fuse")
                }
            }
        }

        @Test("a watch that stays silent on a local filesystem is found out", .unless(Machine.traceObstacle))
        func silentWatch() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                // The kernel's answer without the kernel's watch.
                let strace =
                    "exec strace -D -f -qq -o /dev/null -e trace=inotify_add_watch "
                    + #"-e inject=inotify_add_watch:retval=1 "$@""#
                try await place.withDaemon(script: strace) { daemon in
                    try await daemon.ready()
                    let before = try await daemon.wait(for: .status, StatusReport.self) { _ in true }
                    #expect(before.watch.mode == "events")
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    let status = try await daemon.wait(for: .status, StatusReport.self) { $0.watch.mode == "polling" }
                    #expect(status.watch.modeReason?.hasSuffix("came without an event") == true)
                    try await trainer.save([3, 4])
                    try await daemon.published(3)
                    #expect(daemon.log.items.count { $0.contains("instead of relying on events") } == 1)
                }
                for steps in [[1, 2], [2, 3], [3, 4]] { try expectAverage(steps, trainer, place) }
            }
        }

        @Test("what is written through a FUSE mount is averaged", .unless(Machine.fuseObstacle))
        func throughFUSE() async throws {
            try await DaemonPlace.with { place in
                try await place.withFUSE(of: place.root.appending("source")) {
                    try await Self.expectAverages(place, savedBy: SyntheticTrainer(place.watch), filesystem: "fuse")
                }
            }
        }

        @Test("a trainer on FUSE that keeps one checkpoint gets full windows", .unless(Machine.fuseObstacle))
        func rotationOnFUSE() async throws {
            try await DaemonPlace.with { place in
                let source = place.root.appending("source")
                try await place.withFUSE(of: source) {
                    let trainer = SyntheticTrainer(source)
                    try place.configure(k: 3, Self.polling)
                    try await place.withDaemon { daemon in
                        try await daemon.ready()
                        for step in 1...4 { try await trainer.save(step, keep: 1, pinnedBy: daemon) }
                        try await daemon.published(2)
                    }
                    try Self.check([[1, 2, 3], [2, 3, 4]], trainer, place)
                }
            }
        }

        @Test(
            "what is written into the upper layer of an overlay, or through the overlay, is found",
            .unless(Machine.obstacle(filesystem: "overlay")),
            arguments: ["upper", "run"]
        )
        func overlay(writtenTo: String) async throws {
            try await DaemonPlace.with { place in
                try await place.withOverlay {
                    let trainer = SyntheticTrainer(place.root.appending(writtenTo))
                    try await Self.expectAverages(place, savedBy: trainer, filesystem: "overlay")
                }
            }
        }

        @Test(
            "checkpoints in the lower layer of an overlay count, and so do those written there later",
            .unless(Machine.obstacle(filesystem: "overlay"))
        )
        func lower() async throws {
            try await DaemonPlace.with { place in
                let lower = SyntheticTrainer(place.root.appending("lower"))
                try await lower.save([1, 2])
                try await place.withOverlay {
                    try place.configure(k: 2, Self.polling)
                    try await place.withDaemon { daemon in
                        try await daemon.published(1)
                        try await lower.save(3)
                        try await daemon.published(2)
                        try await SyntheticTrainer(place.watch).save(4)
                        try await daemon.published(3)
                    }
                    try Self.check([[1, 2], [2, 3], [3, 4]], SyntheticTrainer(place.watch), place)
                }
            }
        }

        @Test("what another mount of an NFS export writes is found by polling", .unless(Machine.nfsObstacle))
        func nfs() async throws {
            try await DaemonPlace.with { place in
                let source = place.root.appending("source")
                try Publication.makeDirectories(source)
                let export = "127.0.0.1:'\(source)'"
                try await Machine.shell(
                    "rpcbind || true; rpc.mountd || true; rpc.nfsd 2; exportfs -o rw,no_root_squash,insecure \(export)"
                )
                defer { Task { try await Machine.shell("exportfs -u \(export)") } }
                try await Machine.withMount("mount -t nfs \(export)", at: place.watch) {
                    let trainer = SyntheticTrainer(source)
                    try await Self.expectAverages(place, savedBy: trainer, filesystem: "nfs")
                }
            }
        }

        @Test("on an ordinary filesystem events are enough, and nothing is polled")
        func local() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 1)
                try await place.withDaemon { daemon in
                    try await trainer.save(1)
                    try await daemon.published(1)
                    #expect(!daemon.log.text.contains("looking at intervals"))
                }
            }
        }

        private static func expectAverages(
            _ place: DaemonPlace,
            savedBy trainer: SyntheticTrainer,
            filesystem: String
        ) async throws {
            try place.configure(k: 2, polling)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try await trainer.save(1)
                try await trainer.save(2) {
                    try await daemon.rescan()
                    #expect(try place.averageNames.isEmpty)
                }
                try await daemon.published(1)
                try await trainer.save(3)
                try await daemon.published(2)
                let status = try await daemon.client.ask(.status, as: StatusReport.self)
                #expect(status.watch.filesystem?.hasPrefix(filesystem) == true)
            }
            try check([[1, 2], [2, 3]], trainer, place)
        }

        private static func check(_ windows: [[Int]], _ trainer: SyntheticTrainer, _ place: DaemonPlace) throws {
            for steps in windows {
                let average = place.averages.appending(trainer.name(try #require(steps.last)))
                try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
            }
        }
    }
}

extension DaemonPlace {
    /// Shows `source` as the watched directory through FUSE while `body` runs.
    func withFUSE(of source: FilePath, _ body: () async throws -> Void) async throws {
        try Publication.makeDirectories(source)
        // Without timeouts of attributes, as between two clients of a network filesystem that ask the server.
        let bindfs = "bindfs -o attr_timeout=0,entry_timeout=0,negative_timeout=0 '\(source)'"
        try await Machine.withMount(bindfs, at: watch, body)
    }

    /// Mounts an overlay of `lower` and `upper` as the watched directory while `body` runs.
    func withOverlay(_ body: () async throws -> Void) async throws {
        for name in ["lower", "upper", "work"] { try Publication.makeDirectories(root.appending(name)) }
        let options = "lowerdir=\(root)/lower,upperdir=\(root)/upper,workdir=\(root)/work"
        try await Machine.withMount("mount -t overlay overlay -o '\(options)'", at: watch, body)
    }
}
