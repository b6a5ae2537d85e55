import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Two daemons that want the same place.
@Suite(.serialized) struct DaemonConflictTests {
    @Test("a second daemon on the same output is refused by name of the first, which goes on")
    func output() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 1)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                for mode in [[], ["--once"]] {
                    let second = try await DaemonCommand.run(
                        ["--config", place.configuration.string, "--socket", place.root.appending("other").string]
                            + mode
                    )
                    #expect(second.status == .exited(73))
                    let lock = place.output.appending(".lawad/lock")
                    #expect(
                        second.errors.contains(
                            "cannot lock \"\(lock)\": it is held by process \(daemon.processIdentifier) "
                        )
                    )
                    #expect(second.errors.split(separator: "\n").count == 1)
                    #expect(second.output.isEmpty)
                }
                #expect(try FileStatus.ifPresent(place.root.appending("other")) == nil)
                try await trainer.save(1)
                try await daemon.published(1)
                #expect(
                    try await daemon.client.ask(.status, as: StatusReport.self).pid == Int(daemon.processIdentifier)
                )
            }
        }
    }

    @Test("a dry run beside a running daemon takes nothing from it")
    func dryRun() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 3)
            try await trainer.save([1, 2])
            try await place.withDaemon { daemon in
                try await daemon.ready()
                let outcome = try await DaemonCommand.run("--config", place.configuration.string, "--dry-run")
                #expect(outcome.status == .exited(0))
                #expect(outcome.output.contains("has 2 of 3 complete checkpoints"))
                try await trainer.save(3)
                try await daemon.published(1)
            }
        }
    }

    @Test("the socket of a killed daemon is replaced")
    func staleSocket() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let (_, ending) = try await place.withDaemon { daemon in
                try await daemon.ready()
                try daemon.send(.kill)
                try await daemon.log.waitForEnd()
            }
            #expect(ending.status == .signaled(9))
            let stale = try FileStatus.of(place.socket)
            #expect(stale.isSocket)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                #expect(try FileStatus.of(place.socket).inode != stale.inode)
            }
        }
    }

    @Test("a socket at which another daemon listens is left to it")
    func livingSocket() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            try await place.withDaemon { daemon in
                try await daemon.ready()
                let before = try FileStatus.of(place.socket)
                let second = try await DaemonCommand.run(
                    "--watch",
                    place.root.appending("another").string,
                    "--socket",
                    place.socket.string
                )
                #expect(second.status == .exited(73))
                #expect(second.errors.contains("cannot listen at \"\(place.socket)\": another process does"))
                #expect(try FileStatus.of(place.socket) == before)
                #expect(
                    try await daemon.client.ask(.status, as: StatusReport.self).pid == Int(daemon.processIdentifier)
                )
            }
        }
    }

    @Test("a file at the socket's path is kept")
    func fileAtSocket() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            try Fixture.write([1, 2, 3], to: place.socket)
            let outcome = try await DaemonCommand.run("--config", place.configuration.string)
            #expect(outcome.status == .exited(73))
            #expect(outcome.errors.contains("cannot listen at \"\(place.socket)\""))
            #expect(try Fixture.read(place.socket) == [1, 2, 3])
        }
    }
}
