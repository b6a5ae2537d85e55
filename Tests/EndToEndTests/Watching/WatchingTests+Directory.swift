import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// A watched directory that is taken away in ways that need root, or a mount.
    @Suite(.serialized) struct Directory {
        @Test("a link whose target is exchanged leads to the new directory")
        func link() async throws {
            try await DaemonPlace.with { place in
                let link = place.root.appending("link")
                let runs = (0...1).map { SyntheticTrainer(place.root.appending("run-\($0)")) }
                for run in runs { try Publication.makeDirectories(run.directory) }
                try #require(symlink(runs[0].directory.string, link.string) == 0)
                try place.configure(
                    k: 2,
                    ["watch": "\"\(link)\"", "output": "\"\(place.output)\"", "rescan": "\"1s\""]
                )
                try await place.withDaemon { daemon in
                    try await runs[0].save([1, 2])
                    try await daemon.published(1)
                    let other = place.root.appending("other")
                    try #require(symlink(runs[1].directory.string, other.string) == 0)
                    try #require(rename(other.string, link.string) == 0)
                    try await runs[1].save([3, 4])
                    try await daemon.log.wait(containing: "published ", "checkpoint-4")
                }
                try expectAverage([3, 4], runs[1], place)
            }
        }

        @Test("a parent that is renamed away and back")
        func parentRenamed() async throws {
            try await DaemonPlace.with { place in
                let parent = place.root.appending("parent")
                let trainer = SyntheticTrainer(parent.appending("run"))
                let watch = "\"\(trainer.directory)\""
                try place.configure(
                    k: 2,
                    ["watch": watch, "output": "\"\(place.output)\"", "rescan": "\"1s\""]
                )
                try await place.withDaemon { daemon in
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    let away = place.root.appending("away")
                    try #require(rename(parent.string, away.string) == 0)
                    try await daemon.wait(for: .status, StatusReport.self) { !$0.watch.present }
                    try #require(rename(away.string, parent.string) == 0)
                    try await trainer.save(3)
                    try await daemon.log.wait(containing: "published ", "checkpoint-3")
                    try await daemon.wait(for: .status, StatusReport.self) { $0.watch.present && $0.problems.isEmpty }
                }
                try expectAverage([2, 3], trainer, place)
            }
        }

        @Test("a filesystem that is mounted over it, and taken away again", .unless(Machine.mountObstacle))
        func mountedOver() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                try await place.withDaemon { daemon in
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    try await Machine.withMount("mount -t tmpfs none", at: place.watch) {
                        try await trainer.save([3, 4])
                        try await daemon.log.wait(containing: "published ", "checkpoint-4")
                    }
                    try await trainer.save([5, 6])
                    try await daemon.log.wait(containing: "published ", "checkpoint-6")
                    try await daemon.wait(for: .status, StatusReport.self) { $0.watch.present }
                }
                try expectAverage([3, 4], trainer, place)
                try expectAverage([5, 6], trainer, place)
            }
        }

        @Test(
            "permissions that are taken away and given back",
            .unless(Machine.rightsObstacle),
            arguments: [0o000, 0o444, 0o311]
        )
        func permissions(mode: UInt32) async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                // Root without the capabilities by which it overlooks modes.
                let script = #"exec setpriv --bounding-set -dac_override,-dac_read_search "$@""#
                try await place.withDaemon(script: script) { daemon in
                    try await daemon.ready()
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    try #require(chmod(place.watch.string, mode) == 0)
                    try await daemon.wait(for: .status, StatusReport.self) { status in
                        let told = [status.watch.problem, status.newest?.reason] + status.problems
                        return told.contains { $0?.contains("Permission denied") == true }
                    }
                    try await trainer.save(3)
                    try #require(chmod(place.watch.string, 0o755) == 0)
                    try await daemon.log.wait(containing: "published ", "checkpoint-3")
                    try await daemon.wait(for: .status, StatusReport.self) { $0.watch.problem == nil }
                }
                try expectAverage([2, 3], trainer, place)
            }
        }

        @Test(
            "reading the directory fails for a while",
            .unless(Machine.traceObstacle),
            arguments: ["EIO", "ESTALE", "EACCES"]
        )
        func failing(code: String) async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                // strace fails only what is asked of the watched directory itself.
                let strace =
                    "exec strace -D -f -qq -o /dev/null -P '\(place.watch)' -e trace=getdents64 "
                    + #"-e inject=getdents64:error=\#(code):when=5..8 "$@""#
                try await place.withDaemon(script: strace) { daemon in
                    try await daemon.ready()
                    try await trainer.save([1, 2])
                    let status = try await daemon.wait(for: .status, StatusReport.self) { $0.watch.problem != nil }
                    #expect(status.watch.problem?.contains("\(place.watch)") == true)
                    try await daemon.published(1)
                    try await trainer.save(3)
                    try await daemon.published(2)
                    try await daemon.wait(for: .status, StatusReport.self) { $0.watch.problem == nil }
                }
                try expectAverage([1, 2], trainer, place)
                try expectAverage([2, 3], trainer, place)
            }
        }
    }
}

/// Checks the average that the last of some steps gives its name.
func expectAverage(_ steps: [Int], _ trainer: SyntheticTrainer, _ place: DaemonPlace) throws {
    let average = place.averages.appending(trainer.name(try #require(steps.last)))
    try AverageExpectation(average: average, steps: steps, trainer: trainer).check()
}
