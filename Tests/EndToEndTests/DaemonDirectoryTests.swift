import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A watched directory that comes and goes.
@Suite(.serialized) struct DaemonDirectoryTests {
    @Test("a directory that is made later, with those above it, is found")
    func madeLater() async throws {
        try await DaemonPlace.with { place in
            let watch = place.root.appending("deep/er/run")
            let trainer = SyntheticTrainer(watch)
            try place.configure(k: 2, ["watch": "\"\(watch)\"", "output": "\"\(place.output)\""])
            try await place.withDaemon { daemon in
                try await daemon.log.wait(
                    containing: "\"\(watch)\" does not exist yet; waiting for the trainer to make it"
                )
                let missing = try await daemon.wait(for: .status, StatusReport.self) { !$0.watch.present }
                #expect(missing.summary.contains("does not exist yet"))
                try await trainer.save([1, 2])
                try await daemon.published(1)
                let status = try await daemon.wait(for: .status, StatusReport.self) { $0.watch.present }
                #expect(status.problems.isEmpty)
            }
            #expect(try place.averageNames == ["checkpoint-2"])
        }
    }

    @Test("a directory that is deleted and made again is followed")
    func deleted() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await place.withDaemon { daemon in
                try await trainer.save([1, 2])
                try await daemon.published(1)
                try Publication.removeTree(place.watch)
                try await daemon.log.wait(containing: "does not exist yet")
                try await trainer.save([3, 4])
                try await daemon.log.wait(containing: "published ", "checkpoint-4")
            }
            try AverageExpectation(average: place.averages.appending("checkpoint-4"), steps: [3, 4], trainer: trainer)
                .check()
        }
    }

    @Test("a directory that is renamed away and replaced is followed by its path")
    func replaced() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            let old = SyntheticTrainer(place.root.appending("old"))
            try place.configure(k: 1)
            try await place.withDaemon { daemon in
                try await trainer.save(1)
                try await daemon.published(1)
                try #require(rename(place.watch.string, old.directory.string) == 0)
                try await trainer.save(2)
                try await daemon.log.wait(containing: "published ", "checkpoint-2")
                try await old.save(9)
                try await trainer.save(3)
                try await daemon.log.wait(containing: "published ", "checkpoint-3")
            }
            #expect(try place.averageNames == ["checkpoint-1", "checkpoint-2", "checkpoint-3"])
        }
    }

    @Test("an output that is deleted while the daemon runs is made again")
    func outputDeleted() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 1)
            try await place.withDaemon { daemon in
                try await trainer.save(1)
                try await daemon.published(1)
                try Publication.removeTree(place.averages)
                try await trainer.save(2)
                try await daemon.published(2)
            }
            #expect(try place.averageNames.contains("checkpoint-2"))
        }
    }

    @Test("an output that is deleted or moved with its lock ends the daemon, which makes nothing there any more")
    func lockLost() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 1)
            try await trainer.save(1)
            for isMoved in [false, true] {
                let (_, ending) = try await place.withDaemon { daemon in
                    try await daemon.published(1)
                    if isMoved {
                        _ = try Publication.publish(staged: place.output, as: place.root.appending("moved"))
                    } else {
                        try Publication.removeTree(place.output)
                    }
                    // The daemon may end before it answers, or before it is asked: any look of its own finds the loss.
                    try? await daemon.rescan()
                    try await daemon.log.waitForEnd()
                }
                #expect(ending.status == .exited(73))
                #expect(
                    ending.log.last?.contains("\(place.output)/.lawad/lock\" was removed, moved or replaced") == true
                )
                #expect(try FileStatus.ifPresent(place.output) == nil)
            }
            // The next start makes everything again.
            try await place.withDaemon { daemon in try await daemon.published(1) }
            #expect(try place.averageNames == ["checkpoint-1"])
        }
    }
}
