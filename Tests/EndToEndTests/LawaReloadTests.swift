import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `lawa reload`, which waits for the outcome.
@Suite(.serialized) struct LawaReloadTests {
    @Test("when it returns, the next answer is by the new configuration")
    func good() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await trainer.save([1, 2, 3, 4])
            try await place.withDaemon { daemon in
                try await daemon.published(1)
                for k in [4, 1, 3, 2, 4] {
                    try place.configure(k: k)
                    let run = try await LawaRun.lawa("reload", "--socket", place.socket.string)
                    #expect(run.code == 0 && run.complaint.isEmpty, "\(run.complaint)")
                    #expect(run.output == "vit reloaded \"\(place.configuration)\"\n")
                    // A window that has grown reaches further back, which only a look can tell.
                    let status = try await daemon.client.ask(.status, as: StatusReport.self)
                    #expect(status.recipes[0].members.count == k)
                }
            }
        }
    }

    @Test("a bad file gives every problem in a line of its own and the exit code of a configuration error")
    func bad() async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try place.configure(k: 0, ["retension": "{}", "watch": "\"/elsewhere\""])
                let run = try await LawaRun.lawa("reload", "--socket", place.socket.string)
                #expect(run.code == 78 && run.output.isEmpty)
                let lines = run.complaint.split(separator: "\n")
                #expect(lines.count == 3)
                #expect(
                    lines[0].hasPrefix("lawa: \"\(place.configuration)\" has 2 problems; the old configuration keeps")
                )
                #expect(run.complaint.contains("  recipes[0].window.last: 0 is not allowed"))
                #expect(run.complaint.contains("  retension: unknown key; did you mean \"retention\"?"))
                // Only a file that is right in itself is held against the one in effect.
                try place.configure(k: 2, ["watch": "\"/elsewhere\""])
                let moved = try await LawaRun.lawa("reload", "--socket", place.socket.string)
                #expect(moved.code == 78 && moved.complaint.contains("  watch: changed from"))
                let answer = try await RawConnection.ask(place.socket, "POST", "/v1/reload")
                #expect(answer.status == 422)
                let report = try ControlCoding.decode(ErrorReport.self, from: Array(answer.body.utf8))
                #expect(report.error.code == "configuration" && report.error.problems?.count == 2)
                let status = try await daemon.client.ask(.status, as: StatusReport.self)
                #expect(status.watch.path == place.watch.string && status.problems.count == 1)
                try place.configure(k: 3)
                #expect(try await LawaRun.lawa("reload", "--socket", place.socket.string).code == 0)
                #expect(try await daemon.client.ask(.status, as: StatusReport.self).problems.isEmpty)
            }
        }
    }

    @Test("many at once are done one after the other, and all are answered")
    func atOnce() async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await daemon.client.ask(.reload, as: ReloadReport.self).reloaded }
                    }
                    for try await path in group { #expect(path == place.configuration.string) }
                }
                #expect(try await daemon.client.ask(.status, as: StatusReport.self).problems.isEmpty)
            }
        }
    }

    @Test("a daemon without a configuration file says so")
    func withoutFile() async throws {
        try await DaemonPlace.with { place in
            let arguments = ["--watch", place.watch.string, "--socket", place.socket.string]
            try await DaemonUnderTest.run(arguments, socket: place.socket) { daemon in
                try await daemon.ready()
                let run = try await LawaRun.lawa("reload", "--socket", place.socket.string)
                #expect(run.code == 1 && run.complains(of: ["without a configuration file", "--config FILE"]))
            }
        }
    }

    @Test("a socket that was put elsewhere is found where systemd has the unit's directory")
    func elsewhere() async throws {
        try await DaemonPlace.with { place in
            let directory = place.root.appending("runtime")
            try Publication.makeDirectories(directory)
            let usual = directory.appending(SocketLocation.fileName)
            try place.configure(k: 2)
            // Twice: what a killed daemon has left is replaced.
            for _ in 0..<2 {
                try await place.withDaemon(environment: ["RUNTIME_DIRECTORY": directory.string]) { daemon in
                    try await daemon.ready()
                    #expect(try await LawaRun.lawa("reload", "--socket", usual.string).code == 0)
                    let status = try await LawaRun.lawa("status", "--socket", usual.string)
                    #expect(status.code == 0 && status.output.contains(place.watch.string))
                    #expect(try DaemonPlace.names(in: directory) == [SocketLocation.fileName])
                    try daemon.send(.kill)
                    try await daemon.log.waitForEnd()
                }
            }
        }
    }
}
