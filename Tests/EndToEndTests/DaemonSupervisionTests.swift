import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What systemd hears of the daemon.
@Suite(.serialized) struct DaemonSupervisionTests {
    @Test("READY=1 comes when the first look is done and the socket answers, and STATUS= follows the state")
    func ready() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 3)
            try await trainer.save([1, 2])
            let socket = try NotifySocket(place.root.appending("notify"))
            let (_, ending) = try await place.withDaemon(environment: ["NOTIFY_SOCKET": socket.path.string]) { daemon in
                try await socket.messages.wait(containing: "READY=1")
                #expect(try await daemon.client.askBytes(.health) == Array("ok\n".utf8))
                let report = try await daemon.client.ask(.checkpoints, as: CheckpointsReport.self)
                #expect(report.checkpoints.map(\.step) == [2, 1])
                let told = socket.messages.items.prefix { !$0.contains("READY=1") }
                #expect(told.allSatisfy { $0.hasPrefix("STATUS=looking at ") || $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
                try await socket.messages.wait(containing: "READY=1\nSTATUS=lawa: window 2/3, no average yet")
                try await trainer.save(3)
                try await socket.messages.wait(containing: "STATUS=", "window 3/3, newest average checkpoint-3")
                let summary = try await daemon.client.ask(.status, as: StatusReport.self).summary
                try await socket.messages.wait(containing: "STATUS=\(summary)")
                #expect(try FileStatus.of(place.socket).isSocket)
            }
            try await socket.messages.wait(containing: "STOPPING=1\nSTATUS=stopping")
            #expect(socket.messages.items.count { $0.contains("READY=1") } == 1)
            #expect(socket.messages.items.allSatisfy { !$0.contains("WATCHDOG") })
            #expect(ending.status == .exited(0))
            #expect(try FileStatus.ifPresent(place.socket) == nil)
        }
    }

    @Test("a reload is announced with its time and ended by READY=1")
    func reload() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let socket = try NotifySocket(place.root.appending("notify"))
            try await place.withDaemon(environment: ["NOTIFY_SOCKET": socket.path.string]) { daemon in
                try await socket.messages.wait(containing: "READY=1")
                let before = HostProcess.monotonicMicroseconds
                try daemon.send(.terminalClosed)
                try await socket.messages.wait(containing: "READY=1", count: 2)
                let after = HostProcess.monotonicMicroseconds
                let messages = socket.messages.items
                let reloading = try #require(messages.firstIndex { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
                let time = try #require(Int64(messages[reloading].split(separator: "=").last ?? ""))
                #expect((before...after).contains(time))
                #expect(try #require(messages.lastIndex { $0.contains("READY=1") }) > reloading)
            }
        }
    }

    @Test(
        "the watchdog is fed when it is meant for this process",
        arguments: [#"exec "$@""#, #"export WATCHDOG_PID=$$; exec "$@""#]
    )
    func watchdog(script: String) async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            let trainer = SyntheticTrainer(place.watch)
            let socket = try NotifySocket(place.root.appending("notify"))
            let environment = ["NOTIFY_SOCKET": socket.path.string, "WATCHDOG_USEC": "200000"]
            try await place.withDaemon(environment: environment, script: script) { daemon in
                try await socket.messages.wait(containing: "WATCHDOG=1", count: 3)
                try await trainer.save([1, 2])
                try await daemon.published(1)
                let count = socket.messages.items.count { $0.contains("WATCHDOG=1") }
                try await socket.messages.wait(containing: "WATCHDOG=1", count: count + 3)
            }
        }
    }

    @Test("the watchdog of another process is not fed")
    func otherWatchdog() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let socket = try NotifySocket(place.root.appending("notify"))
            let environment = ["NOTIFY_SOCKET": socket.path.string, "WATCHDOG_USEC": "4000", "WATCHDOG_PID": "1"]
            try await place.withDaemon(environment: environment) { daemon in
                try await socket.messages.wait(containing: "READY=1")
                for _ in 0..<20 { try await daemon.rescan() }
            }
            try await socket.messages.wait(containing: "STOPPING=1")
            #expect(socket.messages.items.allSatisfy { !$0.contains("WATCHDOG") })
        }
    }
}
