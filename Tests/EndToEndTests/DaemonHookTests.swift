import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The command that runs for each average.
@Suite(.serialized) struct DaemonHookTests {
    @Test(
        "it gets the average in its environment, and arguments as they are",
        arguments: [SyntheticTrainer.Shape.directory, .file]
    )
    func environment(shape: SyntheticTrainer.Shape) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch, shape: shape)
            let told = place.root.appending("told")
            let script = #"env | grep ^LAWA_ | sort > $0.part; echo $1 >> $0.part; mv $0.part $0"#
            try Self.configure(place, [#"/bin/sh"#, "-c", script, told.string, "two  words; $HOME"])
            try await trainer.save(1)
            #expect(try await place.once().status == .exited(0))
            let average = place.averages.appending(trainer.name(1))
            let manifest = shape == .file ? average.string + ".lawa.json" : average.appending("lawa.json").string
            let lines = String(decoding: try Fixture.read(told), as: UTF8.self).split(separator: "\n")
            #expect(
                lines == [
                    "LAWA_AVERAGE=\(average)", "LAWA_CHECKPOINT=\(trainer.name(1))", "LAWA_MANIFEST=\(manifest)",
                    "LAWA_RECIPE=lawa", "LAWA_STEP=1", "two words; $HOME",
                ]
            )
        }
    }

    @Test(
        "one that fails, hangs or does not exist is told, and the averages go on",
        arguments: [
            (["/bin/sh", "-c", "exit 7"], "it exited with status 7"),
            (["/bin/sh", "-c", "kill -9 $$"], "it ended with"),
            (["/bin/sleep", "1000"], "it was ended after 1"),
            (["/nonexistent/program"], "/nonexistent/program"),
        ]
    )
    func failure(command: [String], text: String) async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try Self.configure(place, command)
            let (_, ending) = try await place.withDaemon { daemon in
                try await trainer.save(1)
                try await daemon.log.wait(containing: "warning", "the hook \(command[0]) failed: ", text)
                let status = try await daemon.wait(for: .status, StatusReport.self) { !$0.problems.isEmpty }
                #expect(status.problems.count == 1 && status.problems[0].contains(text))
                try await trainer.save(2)
                try await daemon.published(2)
            }
            #expect(ending.status == .exited(0))
            #expect(try place.averageNames == ["checkpoint-1", "checkpoint-2"])
        }
    }

    @Test("a daemon that is to stop does not wait for a hook that hangs")
    func stop() async throws {
        try await DaemonPlace.with { place in
            let started = place.root.appending("started")
            try Self.configure(place, ["/bin/sh", "-c", "mkfifo $0; read line < $0", started.string], timeout: "1h")
            try await SyntheticTrainer(place.watch).save(1)
            let inotify = try Inotify()
            _ = try inotify.addWatch(place.root, mask: .create)
            let (duration, ending) = try await place.withDaemon { daemon in
                try await withDeadline("the hook") {
                    while try FileStatus.ifPresent(started) == nil { _ = try inotify.wait(timeoutMilliseconds: 1000) }
                }
                let start = ContinuousClock.now
                try daemon.send(.terminate)
                try await daemon.log.waitForEnd()
                return ContinuousClock.now - start
            }
            #expect(ending.status == .exited(0))
            #expect(duration < .seconds(10))
        }
    }

    private static func configure(_ place: DaemonPlace, _ command: [String], timeout: String = "1s") throws {
        let list = command.map { #""\#($0)""# }.joined(separator: ", ")
        try place.configure(k: 1, ["hooks": #"{"on_average": {"command": [\#(list)], "timeout": "\#(timeout)"}}"#])
    }
}
