import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import lawa

/// The command line itself: versions, help, exit codes, streams.
@Suite struct LawaCommandTests {
    @Test func version() async throws {
        let run = try await LawaRun.lawa("--version")
        #expect(run.code == 0)
        #expect(run.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        #expect(run.complaint.isEmpty)
    }

    @Test(arguments: [[], ["status"], ["watch"], ["list"], ["average"], ["plan"], ["inspect"], ["rescan"], ["setup"]])
    func helpFitsATerminal(verb: [String]) async throws {
        let run = try await LawaRun.lawa(verb + ["--help"])
        #expect(run.code == 0)
        let overview = run.output.split(separator: "USAGE:").first ?? ""
        #expect(overview.hasPrefix("OVERVIEW: "))
        #expect(overview.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(verb.isEmpty || verb == ["rescan"] || overview.contains("EXAMPLES\n  lawa \(verb.joined())"))
    }

    @Test(arguments: [
        (["bogus"], "bogus"), (["average", "x"], "--output"), (["average", "--output", "y"], "<ckpt>"),
        (["average", "x", "--output", "y", "--last", "0"], "--last 0"),
        (["average", "x", "--output", "y", "--threads", "65"], "--threads 65"),
        (["average", "x", "--output", "y", "--io", "fast"], "auto"),
        (["average", "x", "--output", "y", "--read-rate", "12"], "\"12\" is no read rate"),
        (["average", "x", "--output", "y", "--json", "--quiet"], "--json"),
        (["average", "", "--output", "y"], "empty"), (["inspect"], "<path>"),
        (["status", "--socket", "a", "--instance", "b"], "--instance"), (["plan", "--last", "2"], "--last"),
        (["plan", "x", "--socket", "y"], "--socket"),
        (["setup"], "<dir>"),
        (["setup", "x", "--user", "a", "--group", "b", "--scope", "system"], "--user and --group"),
        (["setup", "x", "--scope", "user", "--group", "b"], "service of the system"),
        (["setup", "x", "--instance", "a/b"], "letters, digits"), (["setup", "x", "--last", "0"], "--last 0"),
        (["setup", "x", "--yes", "--dry-run"], "--dry-run"), (["setup", "x", "--scope", "all"], "user"),
        (["watch", "--interval", "0"], "--interval 0.0"), (["watch", "--interval", "nan"], "--interval nan"),
        (["watch", "--interval", "x"], "--interval"), (["watch", "--socket", "a", "--instance", "b"], "--instance"),
    ])
    func wrongUsage(arguments: [String], fragment: String) async throws {
        let run = try await LawaRun.lawa(arguments)
        #expect(run.code == 64)
        #expect(run.output.isEmpty)
        #expect(run.complaint.hasPrefix("lawa: "))
        #expect(run.complaint.contains(fragment) && run.complaint.contains("--help"))
    }

    @Test(arguments: [
        ["status"], ["status", "--json"], ["watch"], ["watch", "--json"], ["list"], ["plan"], ["rescan"],
    ])
    func nobodyListens(verb: [String]) async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path.appending("none.sock")
        let run = try await LawaRun.lawa(verb + ["--socket", socket.string])
        #expect(run.code == 3)
        #expect(run.output.isEmpty)
        #expect(run.complains(of: [socket.string, "lawad --watch DIR"]))
    }

    @Test func unknownInstance() async throws {
        let run = try await LawaRun.lawa("status", "--instance", "no-such-instance-here")
        #expect(run.code == 3)
        #expect(run.complains(of: ["no-such-instance-here/control.sock"]))
    }

    /// More output than a pipe holds, to a reader that reads nothing.
    @Test func aClosedPipeEndsQuietly() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("many.safetensors", bytes: ManyTensors.bytes(count: 2000))
        let lawa = try BuiltProduct.path("lawa")
        let script = #"exec 3>&1; { "$0" inspect "$1"; echo $? >&3; } | exec 0<&-"#
        let run = try await LawaRun.command("/bin/sh", ["-c", script, lawa.string, file.string])
        #expect(run.output == "0\n")
        #expect(run.complaint.isEmpty)
    }

    @Test func aFullDeviceIsToldOf() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("one.safetensors", bytes: ManyTensors.bytes(count: 1))
        let lawa = try BuiltProduct.path("lawa")
        let script = #""$0" inspect "$1" >/dev/full"#
        let run = try await LawaRun.command("/bin/sh", ["-c", script, lawa.string, file.string])
        #expect(run.code == 73)
        #expect(run.complains(of: ["standard output", "ENOSPC"]))
    }
}
