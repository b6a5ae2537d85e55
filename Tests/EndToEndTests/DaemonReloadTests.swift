import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// SIGHUP.
@Suite(.serialized) struct DaemonReloadTests {
    @Test("another window and another log level take effect at once")
    func good() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 5, ["log": #"{"level": "info"}"#])
            try await trainer.save([1, 2, 3])
            let (_, ending) = try await place.withDaemon { daemon in
                try await daemon.log.wait(containing: "checkpoint-3 is complete")
                try place.configure(k: 2)
                try daemon.send(.terminalClosed)
                try await daemon.log.wait(containing: "notice", "reloaded \"\(place.configuration)\"")
                try await daemon.published(1)
                try place.configure(k: 2, ["log": #"{"level": "error"}"#])
                try daemon.send(.terminalClosed)
                try await daemon.wait(for: .rescan, AcceptedReport.self) { _ in true }
                try await trainer.save(4)
                try await daemon.wait(for: .averages, AveragesReport.self) { $0.averages.count == 2 }
            }
            try AverageExpectation(
                average: place.latest.removingLastComponent().appending("checkpoint-3"),
                steps: [2, 3],
                trainer: trainer
            ).check()
            #expect(DaemonPlace.publishedNames(in: ending.log).first == "checkpoint-3")
            #expect(ending.log.count { $0.contains("debug") && $0.contains("averaging 2 checkpoints") } == 1)
        }
    }

    @Test("a bad configuration is refused with everything that is wrong, and the old one keeps working")
    func bad() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await place.withDaemon { daemon in
                try await trainer.save(1)
                try await daemon.ready()
                try place.configure(k: 0, ["settle": "5", "retension": "{}", "limits": #"{"threads": "many"}"#])
                try daemon.send(.terminalClosed)
                try await daemon.log.wait(containing: "error", "the configuration was not reloaded", "has 4 problems")
                for text in [
                    "recipes[0].window.last: 0 is not allowed", "settle: 5 is not allowed",
                    "retension: unknown key; did you mean \"retention\"?", "limits.threads: \"many\" is not allowed",
                ] {
                    try await daemon.log.wait(containing: text)
                }
                let status = try await daemon.wait(for: .status, StatusReport.self) { !$0.problems.isEmpty }
                #expect(status.problems.count == 1 && status.problems[0].contains("retension"))
                try await trainer.save(2)
                try await daemon.published(1)
                try place.configure(k: 1)
                try daemon.send(.terminalClosed)
                try await daemon.wait(for: .status, StatusReport.self) { $0.problems.isEmpty }
            }
            try AverageExpectation(average: place.averages.appending("checkpoint-2"), steps: [1, 2], trainer: trainer)
                .check()
        }
    }

    @Test(
        "places cannot change while the daemon runs",
        arguments: [
            ("watch", #""/somewhere/else""#), ("output", #""/somewhere/else""#),
            ("control", #"{"socket": "/somewhere/else"}"#),
        ]
    )
    func places(key: String, value: String) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 1)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try place.configure(k: 1, [key: value])
                try daemon.send(.terminalClosed)
                try await daemon.log.wait(containing: "the configuration was not reloaded")
                try await daemon.log.wait(containing: key, "/somewhere/else", "restart the daemon to change it")
                try await trainer.save(1)
                try await daemon.published(1)
            }
        }
    }

    @Test("without a file SIGHUP looks again and says so")
    func withoutFile() async throws {
        try await DaemonPlace.with { place in
            let arguments = ["--watch", place.watch.string, "--socket", place.socket.string, "--k", "1"]
            let (_, ending) = try await DaemonUnderTest.run(arguments, socket: place.socket) { daemon in
                try await daemon.ready()
                try daemon.send(.terminalClosed)
                try await daemon.log.wait(containing: "there is no configuration file to reload")
                try await daemon.log.wait(containing: "looking at the whole directory again")
            }
            #expect(ending.status == .exited(0))
        }
    }
}
