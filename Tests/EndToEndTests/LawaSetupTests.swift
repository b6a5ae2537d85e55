import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import lawa

/// `lawa setup` as a whole program.
@Suite struct LawaSetupTests {
    /// A run's directory and a place for a user's settings.
    private struct Place {
        let root: FilePath
        var run: FilePath { root.appending("my run%") }
        var settings: FilePath { root.appending("settings") }
        var configuration: FilePath { settings.appending("lawa/my_run_.json") }

        func setup(_ arguments: String..., scope: String = "user") async throws -> LawaRun {
            try await LawaRun.lawa(
                ["setup", run.string, "--scope", scope] + arguments,
                environment: ["XDG_CONFIG_HOME": settings.string]
            )
        }
    }

    private static func with(_ body: (Place) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            let place = Place(root: root)
            try RunFixture.copy("hf-trainer/run", to: place.run)
            try await body(place)
        }
    }

    @Test func aUsersServiceIsSetUp() async throws {
        try await Self.with { place in
            let before = try TreeSnapshot(place.run)
            let run = try await place.setup("--yes", "--last", "3")
            #expect(run.code == 0, "\(run.complaint)")
            #expect(run.complaint.isEmpty)
            for text in [
                "huggingface", "5, 5 complete: steps 10 to 30, every 5", "systemctl --user enable --now lawad@my_run_",
                "loginctl enable-linger", "\"window\": { \"last\": 3 }", "my_run_.json (new)",
            ] { #expect(run.output.contains(text), "\(text) in \(run.output)") }
            let check = try await DaemonCommand.run("check-config", place.configuration.string)
            #expect(check.status == .exited(0), "\(check.errors)")
            #expect(try FileStatus.of(place.configuration).mode == 0o644)
            #expect(try TreeSnapshot(place.run) == before)
            // Nothing beside the run and the settings either.
            #expect(try DaemonPlace.names(in: place.root) == ["my run%", "settings"])
            #expect(try DaemonPlace.names(in: place.settings.appending("lawa")) == ["my_run_.json"])
        }
    }

    @Test func theSameAgainChangesNothing() async throws {
        try await Self.with { place in
            #expect(try await place.setup("--yes").code == 0)
            let first = try FileStatus.of(place.configuration)
            let again = try await place.setup("--yes")
            #expect(again.code == 0 && again.output.contains("everything is there already"))
            #expect(try FileStatus.of(place.configuration) == first)
            let other = try await place.setup("--yes", "--last", "7")
            #expect(other.code == 73)
            #expect(other.complains(of: [place.configuration.string, "--force"]))
            #expect(try FileStatus.of(place.configuration) == first)
            let forced = try await place.setup("--yes", "--last", "7", "--force")
            #expect(forced.code == 0 && forced.output.contains("(replaced)"))
            #expect(forced.output.contains("systemctl --user restart lawad@my_run_"))
        }
    }

    @Test func aConfigurationWrittenByHandIsKeptAndFollowed() async throws {
        try await Self.with { place in
            try Publication.makeDirectories(place.configuration.removingLastComponent())
            let text = #"{"watch": "\#(place.run)", "output": "\#(place.root)/elsewhere", "settle": "3s"}"#
            try Fixture.write(Array(text.utf8), to: place.configuration)
            for option in ["--yes", "--force"] {
                let run = try await place.setup("--yes", option)
                #expect(run.code == 0 && run.output.contains("(kept)"), "\(run.complaint)")
                #expect(run.output.contains("\(place.root)/elsewhere, which is not there yet"))
                #expect(
                    try File.openForReading(place.configuration).readBytes(at: 0, count: text.utf8.count)
                        == Array(text.utf8)
                )
            }
        }
    }

    @Test func anotherRunsConfigurationIsKept() async throws {
        try await Self.with { place in
            try Publication.makeDirectories(place.configuration.removingLastComponent())
            try Fixture.write(Array(#"{"watch": "/elsewhere"}"#.utf8), to: place.configuration)
            let run = try await place.setup("--yes", "--force")
            #expect(run.code == 73)
            #expect(run.complains(of: ["\"/elsewhere\"", "--instance OTHER"]))
            #expect(try await place.setup("--yes", "--instance", "other").code == 0)
        }
    }

    @Test(arguments: ["user", "system"])
    func aDryRunWritesNothing(scope: String) async throws {
        try await Self.with { place in
            let before = try TreeSnapshot(place.root)
            let user = scope == "system" ? ["--user", "\(HostProcess.effectiveUser)"] : []
            let run = try await LawaRun.lawa(
                ["setup", place.run.string, "--scope", scope, "--dry-run", "--instance", "lawa-test-dry"] + user,
                environment: ["XDG_CONFIG_HOME": place.settings.string]
            )
            #expect(run.code == 0, "\(run.complaint)")
            #expect(run.output.hasSuffix("nothing was written\n"))
            #expect(run.output.contains("lawa-test-dry.json (new)"))
            #expect(try TreeSnapshot(place.root) == before)
            let path = scope == "system" ? SetupPlaces.dropIn("lawa-test-dry") : place.settings
            #expect(try FileStatus.ifPresent(path) == nil)
        }
    }

    @Test func withoutATerminalItOnlyShows() async throws {
        try await Self.with { place in
            let run = try await place.setup()
            #expect(run.code == 0)
            #expect(run.output.contains("add --yes"))
            #expect(try FileStatus.ifPresent(place.settings) == nil)
        }
    }

    @Test(arguments: [("y", true), ("yes", true), ("n", false), ("", false)])
    func onATerminalItAsks(answer: String, isWritten: Bool) async throws {
        try await Self.with { place in
            let terminal = try PseudoTerminal(TerminalSize(columns: 100, rows: 50))
            let input = try terminal.programEnd.duplicate()
            try terminal.type("\(answer)\n")
            let result = try await run(
                .path(BuiltProduct.path("lawa")),
                arguments: ["setup", place.run.string, "--scope", "user"],
                environment: DaemonUnderTest.environment(["XDG_CONFIG_HOME": place.settings.string]),
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(terminal.programEnd, closeAfterSpawningProcess: true),
                error: .discarded
            )
            #expect(result.terminationStatus == .exited(0))
            try await terminal.output.wait(containing: "Write these files? [y/N]")
            #expect(try FileStatus.ifPresent(place.configuration).map { _ in true } ?? false == isWritten)
        }
    }

    @Test func whatIsNoRunIsRefused() async throws {
        try await withTemporaryDirectory { root in
            let file = root.appending("file")
            try Fixture.write([1], to: file)
            let output = root.appending("run.lawa")
            try Publication.makeDirectories(output.appending(".lawad"))
            try Publication.makeDirectories(output.appending("lawa/checkpoint-1"))
            try Fixture.write([], to: output.appending("lawa/checkpoint-1/lawa.json"))
            let average = root.appending("average")
            try Publication.makeDirectories(average.appending("checkpoint-1"))
            try Fixture.write([], to: average.appending("checkpoint-1/lawa.json"))
            let cases: [(FilePath, String)] = [
                (file, "is a regular file"), (output, "holds averages"), (output.appending("lawa"), "holds averages"),
                (average, "holds averages"), ("/", "\"/\" is no run"),
            ]
            for (path, text) in cases {
                let name = ["--scope", "user", "--instance", "x", "--yes"]
                let run = try await LawaRun.lawa(
                    ["setup", path.string] + name,
                    environment: ["XDG_CONFIG_HOME": "\(root)/s"]
                )
                #expect(run.code == 65, "\(path)")
                #expect(run.complains(of: [text]), "\(run.complaint)")
            }
            #expect(try FileStatus.ifPresent(root.appending("s")) == nil)
        }
    }

    /// An average that somebody made by hand among the checkpoints does not make the run an output.
    @Test func anAverageByHandInTheRunIsNoHindrance() async throws {
        try await Self.with { place in
            try Publication.makeDirectories(place.run.appending("avg"))
            try Fixture.write([], to: place.run.appending("avg/lawa.json"))
            #expect(try await place.setup().code == 0)
        }
    }

    @Test func aDirectoryThatIsNotThereIsWaitedFor() async throws {
        try await withTemporaryDirectory { root in
            let place = Place(root: root)
            let run = try await place.setup("--yes")
            #expect(run.code == 0, "\(run.complaint)")
            #expect(run.output.contains("which does not exist yet"))
            #expect(try DaemonPlace.names(in: root) == ["settings"])
        }
    }

    @Test func whereNothingCanBeWritten() async throws {
        try await Self.with { place in
            // A file where the directory of settings should be stops root as well.
            try Fixture.write([], to: place.settings)
            let run = try await place.setup("--yes")
            #expect(run.code == 73)
            #expect(run.complains(of: ["cannot write \"\(place.configuration)\""]))
        }
    }

    /// A link's target is in the hands of whoever made it, and must not add lines to a drop-in.
    @Test func aLinkCannotAddLinesToAUnit() async throws {
        try await withTemporaryDirectory { root in
            let target = root.appending("x\n[Service]\nUser=root\n/run")
            try Publication.makeDirectories(target)
            let link = root.appending("link")
            try Publication.replaceSymlink(at: link, target: target.string)
            let options = ["--scope", "system", "--dry-run", "--user", "\(HostProcess.effectiveUser)"]
            for path in [link, target] {
                let run = try await LawaRun.lawa(["setup", path.string] + options)
                #expect(run.code == 65)
                #expect(run.complains(of: ["no path for a configuration"]), "\(run.complaint)")
            }
        }
    }

    @Test func anIncompleteNewestIsToldOf() async throws {
        try await Self.with { place in
            try Publication.removeTree(place.run.appending("checkpoint-30/model.safetensors"))
            let run = try await place.setup()
            #expect(run.code == 0)
            #expect(run.output.contains("5, 4 complete: steps 10 to 25, every 5"))
            #expect(run.output.contains("the newest is not complete: no file with weights"))
        }
    }

    @Test func outputInTheRunIsRefused() async throws {
        try await Self.with { place in
            let run = try await place.setup("--output", place.run.appending("avg").string)
            #expect(run.code == 64)
            #expect(run.complains(of: ["lies in the run", "--output"]))
        }
    }

    @Test(
        "a run that lies where the daemon would write and remove is refused",
        arguments: ["lawa", ".lawad/pins", "link"]
    )
    func ownPlacesAreRefused(name: String) async throws {
        try await Self.with { place in
            let output = place.run.removingLastComponent().appending("out")
            try Publication.makeDirectories(output)
            let run = name == "link" ? place.run : output.appending(name)
            if name == "link" {
                try #require(symlink(place.run.string, output.appending("lawa").string) == 0)
            } else {
                try Publication.makeDirectories(run)
            }
            let setup = try await LawaRun.lawa("setup", run.string, "--output", output.string)
            #expect(setup.code == 64, "\(setup.complaint)")
            #expect(setup.complains(of: ["lies in", "where lawad would write and remove", "--output"]))
        }
    }

    /// What root's setup writes, below another root.
    @Test func aSystemsServiceIsWritten() async throws {
        try await withTemporaryDirectory { root in
            let (user, group) = try { (try FileStatus.of(root).owner, try FileStatus.of(root).group) }()
            var scene = SetupScene()
            // The output's owner is whoever may be given it here.
            let owner = AccessRules(owner: user, group: group, mode: 0o755)
            scene.findings.nearest = SetupScene.facts("/data/runs/vit", owner)
            scene.findings.outputParent = SetupScene.facts("/data/runs", AccessRules(owner: 77, group: 77, mode: 0o755))
            scene.findings.newestWeights = [SetupScene.facts("/data/runs/vit/w", owner)]
            try Publication.makeDirectories(root.appending("data/runs"))
            let plan = try scene.plan { $0.user = "\(user)" }
            #expect(plan.directory != nil)
            try SetupWriter(root: root).write(plan)
            for file in plan.files {
                let path = FilePath(root.string + file.path.string)
                #expect(try Fixture.read(path) == Array(file.text.utf8))
                #expect(try FileStatus.of(path).mode == 0o644)
                #expect(try FileStatus.of(path.removingLastComponent()).mode == 0o755)
            }
            #expect(try FileStatus.of(root.appending("data/runs/vit.lawa")).owner == user)
            let check = try await DaemonCommand.run("check-config", root.appending("etc/lawa/vit.json").string)
            #expect(check.status == .exited(0), "\(check.errors)")
        }
    }
}
