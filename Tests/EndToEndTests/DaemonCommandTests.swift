import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `lawad` as a command: what it prints and how it ends.
@Suite(.serialized) struct DaemonCommandTests {
    @Test("--once ends with 0 where there is nothing to do, and where it made the average")
    func once() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            #expect(try await place.once().status == .exited(0))
            try await trainer.save(1)
            #expect(try await place.once().status == .exited(0))
            #expect(try place.averageNames.isEmpty)
            try await trainer.save(2)
            let outcome = try await place.once()
            #expect(outcome.status == .exited(0) && outcome.output.isEmpty)
            try AverageExpectation(average: place.latest, steps: [1, 2], trainer: trainer, name: "checkpoint-2").check()
            #expect(try FileStatus.ifPresent(place.socket) == nil)
        }
    }

    @Test("--once waits until what is there has settled")
    func onceSettles() async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2, ["settle": "\"300ms\""])
            try await SyntheticTrainer(place.watch).save([1, 2])
            #expect(try await place.once().status == .exited(0))
            #expect(try place.averageNames == ["checkpoint-2"])
        }
    }

    @Test("--once ends with 1 and the reason where the window is refused")
    func onceRefused() async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2, ["tensors": #"{"exclude": ["*"]}"#])
            try await SyntheticTrainer(place.watch).save([1, 2])
            let outcome = try await place.once()
            #expect(outcome.status == .exited(1))
            let last = outcome.errors.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("lawad: no lawa average: \"checkpoint-2\" has no tensor that can be averaged"))
        }
    }

    @Test("--once ends with 1 and the figures where space runs short")
    func onceWithoutSpace() async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 1, ["limits": #"{"min_free": "1000TiB"}"#])
            try await SyntheticTrainer(place.watch).save(1)
            let outcome = try await place.once()
            #expect(outcome.status == .exited(1))
            #expect(outcome.errors.contains("not enough space at \"\(place.output)\""))
            #expect(try place.averageNames.isEmpty)
        }
    }

    @Test("--once where the output cannot be made ends with 73 and its path")
    func outputBlocked() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            try Fixture.write([1], to: place.output)
            let outcome = try await place.once()
            #expect(outcome.status == .exited(73))
            #expect(outcome.errors.contains("\"\(place.output)\""))
            #expect(try Fixture.read(place.output) == [1])
        }
    }

    @Test("--dry-run says what would be done, and writes nothing at all", arguments: [1, 3, 4])
    func dryRun(count: Int) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 3, ["settle": "\"50ms\""])
            try await trainer.save(1...count)
            try trainer.beginDirectory(9)
            let before = try DaemonTreeSnapshot(place.root)
            let outcome = try await DaemonCommand.run("--config", place.configuration.string, "--dry-run")
            #expect(try DaemonTreeSnapshot(place.root) == before)
            #expect(outcome.status == .exited(0) && outcome.errors.isEmpty)
            #expect(outcome.output.contains("checkpoint-9 is not complete: "))
            if count < 3 {
                #expect(outcome.output.contains("lawa: has \(count) of 3 complete checkpoints"))
            } else {
                let target = place.averages.appending("checkpoint-\(count)")
                let members = (count - 2...count).map { "checkpoint-\($0) x 0.3333" }.joined(separator: ", ")
                #expect(outcome.output.contains("lawa: would average \(members) into \"\(target)\": 3 of 4 tensors"))
            }
        }
    }

    @Test("check-config tells every problem and ends with 78; a good file is told in a line")
    func checkConfig() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let good = try await DaemonCommand.run("check-config", place.configuration.string)
            #expect(good.status == .exited(0) && good.errors.isEmpty)
            #expect(good.output.hasPrefix("\"\(place.configuration)\" is valid: watches \"\(place.watch)\""))
            try place.configure(
                k: 0,
                [
                    "watch": "\"relative\"", "pni": "\"auto\"", "pin": "\"glue\"", "rescan": "\"0s\"", "log": "[]",
                ]
            )
            for arguments in [["check-config"], ["--config"], ["--once", "--config"], ["--dry-run", "--config"]] {
                let bad = try await DaemonCommand.run(arguments + [place.configuration.string])
                #expect(bad.status == .exited(78) && bad.output.isEmpty)
                let text = bad.errors
                #expect(text.contains("\"\(place.configuration)\" has 6 problems:"), "\(text)")
                for key in [
                    "watch: \"relative\"", "pni: unknown key", "pin: \"glue\"", "rescan: \"0s\"", "log: a list",
                    "window.last: 0",
                ] {
                    #expect(text.contains(key), "\(key)")
                }
            }
            #expect(try FileStatus.ifPresent(place.output) == nil)
        }
    }

    @Test(
        "a configuration that cannot be read or parsed ends with 78",
        arguments: [nil, "", "{", "[]", "{\"watch\": 1,}"]
    )
    func unreadable(text: String?) async throws {
        try await DaemonPlace.with { place in
            if let text { try Fixture.write(Array(text.utf8), to: place.configuration) }
            let outcome = try await DaemonCommand.run("--config", place.configuration.string)
            #expect(outcome.status == .exited(78))
            #expect(outcome.errors.contains("\"\(place.configuration)\" has "))
        }
    }

    @Test(
        "wrong usage ends with 64 and says what is allowed",
        arguments: [
            ([], "--watch DIR"), (["--wach", "x"], "--wach"), (["--watch", "x", "--k", "0"], "--k"),
            (["--watch", "x", "--k", "many"], "many"), (["--watch", ""], "--watch is empty"),
            (["check-config"], "file"),
            (["stray"], "stray"),
        ]
    )
    func usage(arguments: [String], text: String) async throws {
        let outcome = try await DaemonCommand.run(arguments)
        #expect(outcome.status == .exited(64))
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("--version and --help print on standard output", arguments: ["--version", "--help"])
    func information(flag: String) async throws {
        let outcome = try await DaemonCommand.run(flag)
        #expect(outcome.status == .exited(0) && outcome.errors.isEmpty && !outcome.output.isEmpty)
    }

    @Test("an output inside the watched directory is refused, also where a link leads there", arguments: [false, true])
    func outputInside(throughLink: Bool) async throws {
        try await DaemonPlace.with { place in
            let link = place.root.appending("elsewhere")
            try Publication.replaceSymlink(at: link, target: place.watch.string)
            let inside = (throughLink ? link : place.watch).appending("averages")
            let outcome = try await DaemonCommand.run(
                "--watch",
                place.watch.string,
                "--output",
                inside.string,
                "--once"
            )
            #expect(outcome.status == .exited(78))
            #expect(outcome.errors.contains("inside the watched directory"))
            #expect(try DaemonPlace.names(in: place.watch).isEmpty)
        }
    }

    @Test("a flag wins over the file")
    func flags() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 5)
            try await trainer.save([1, 2])
            let output = place.root.appending("elsewhere")
            let outcome = try await place.once("--k", "2", "--output", output.string)
            #expect(outcome.status == .exited(0))
            let average = output.appending("lawa/checkpoint-2")
            try AverageExpectation(average: average, steps: [1, 2], trainer: trainer).check()
            #expect(try FileStatus.ifPresent(place.output) == nil)
        }
    }
}
