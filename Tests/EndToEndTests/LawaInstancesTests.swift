import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// How the built `lawa` finds daemons by their configurations.
@Suite struct LawaInstancesTests {
    private struct Overview: Decodable {
        let daemons: [StatusReport]
        let notRunning: [String]
    }

    @Test func configuredInstancesAreListed() async throws {
        try await DaemonPlace.with { place in
            let settings = place.root.appending("settings")
            let environment = ["XDG_CONFIG_HOME": settings.string]
            try Publication.makeDirectories(settings.appending("lawa"))
            try Fixture.write(Array(#"{"watch": "/runs/gone"}"#.utf8), to: settings.appending("lawa/zz-stopped.json"))
            try place.configure()
            let own = Array(#"{"watch": "\#(place.watch)", "control": {"socket": "\#(place.socket)"}}"#.utf8)
            try Fixture.write(own, to: settings.appending("lawa/vit.json"))
            try await place.withDaemon { daemon in
                try await daemon.ready()
                let text = try await LawaRun.lawa(["status"], environment: environment)
                #expect(text.code == 0)
                #expect(text.output.contains("not running (systemctl --user status lawad@zz-stopped)"))
                let json = try await LawaRun.lawa(["status", "--json"], environment: environment)
                let overview = try ControlCoding.decode(Overview.self, from: Array(json.output.utf8))
                #expect(overview.daemons.map(\.instance).contains("vit"))
                #expect(overview.notRunning.contains("zz-stopped") && !overview.notRunning.contains("vit"))
                // By its name, at the socket that its configuration names.
                let one = try await LawaRun.lawa(["status", "--instance", "vit", "--json"], environment: environment)
                #expect(try ControlCoding.decode(StatusReport.self, from: Array(one.output.utf8)).instance == "vit")
                let rescan = try await LawaRun.lawa(["rescan", "--instance", "vit"], environment: environment)
                #expect(rescan.code == 0)
            }
            let stopped = try await LawaRun.lawa(["rescan", "--instance", "vit"], environment: environment)
            #expect(stopped.code == 3)
            #expect(
                stopped.complains(of: ["\"vit\" is configured but does not run", "systemctl --user status lawad@vit"])
            )
        }
    }

    /// Two daemons of one name: neither is asked to do anything.
    @Test func oneOfTwoOfANameIsNotPicked() async throws {
        try await DaemonPlace.with { place in
            let settings = place.root.appending("settings")
            let runtime = place.root.appending("runtime")
            try place.configure()
            let second = DaemonPlace(root: place.root.appending("second"))
            try Publication.makeDirectories(second.watch)
            try second.configure()
            try Publication.makeDirectories(settings.appending("lawa"))
            for (name, place) in [("vit", place), ("other", second)] {
                let text = #"{"watch": "\#(place.watch)", "control": {"socket": "\#(place.socket)"}}"#
                try Fixture.write(Array(text.utf8), to: settings.appending("lawa/\(name).json"))
            }
            // Both call themselves vit, by the names of their files.
            let environment = ["XDG_CONFIG_HOME": settings.string, "XDG_RUNTIME_DIR": runtime.string]
            try await place.withDaemon { first in
                try await first.ready()
                try await second.withDaemon { other in
                    try await other.ready()
                    let run = try await LawaRun.lawa(["rescan"], environment: environment)
                    #expect(run.code == 64)
                    #expect(run.complains(of: [place.socket.string, second.socket.string, "--socket PATH"]))
                    let both = try await LawaRun.lawa(["status"], environment: environment)
                    #expect(both.output.contains(place.watch.string) && both.output.contains(second.watch.string))
                }
            }
        }
    }

    @Test func namesAreCompleted() async throws {
        let directory = try TemporaryDirectory()
        try directory.file("lawa/zz-one.json", bytes: Array("{}".utf8))
        try directory.file("lawa/zz-two.json", bytes: Array("{}".utf8))
        let run = try await LawaRun.lawa(
            ["---completion", "status", "--", "--instance", "0", "0", ""],
            environment: ["XDG_CONFIG_HOME": directory.path.string, "SAP_SHELL": "bash"]
        )
        #expect(run.code == 0)
        let names = run.output.split(separator: "\n").map(String.init)
        #expect(names.contains("zz-one") && names.contains("zz-two"))
    }
}
