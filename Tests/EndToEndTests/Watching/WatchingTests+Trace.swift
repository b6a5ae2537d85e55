import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// The proof that the trainer's directory is only read, by what the kernel was asked for.
    @Suite(.serialized, .unless(Machine.traceObstacle)) struct Trace {
        @Test(
            "through saves, rotation, resumption, a crash and a restart, nothing in the tree is changed",
            arguments: SyntheticTrainer.Shape.allCases
        )
        func run(shape: SyntheticTrainer.Shape) async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch, shape: shape)
                try place.configure(k: 3)
                let first = try await place.withTracedDaemon("first") { daemon in
                    for step in 1...4 { try await trainer.save(step, keep: 2, pinnedBy: daemon) }
                    try await daemon.published(2)
                    try daemon.send(.kill)
                    try await daemon.log.waitForEnd()
                }
                try await Self.expectHarmless(first, place)
                let second = try await place.withTracedDaemon("second") { daemon in
                    try await daemon.ready()
                    try await trainer.save(5, keep: 2, pinnedBy: daemon)
                    try await daemon.log.wait(containing: "published ", trainer.name(5))
                    try trainer.delete(5)
                    try await SyntheticTrainer(place.watch, writing: .chunked, shape: shape).save(5)
                    try await daemon.rescan()
                    try await daemon.log.wait(containing: "published ", trainer.name(5), count: 2)
                    try Publication.removeTree(place.watch)
                    try await daemon.log.wait(containing: "does not exist yet")
                    try await trainer.save(6...8)
                    try await daemon.log.wait(containing: "published ", trainer.name(8))
                }
                try await Self.expectHarmless(second, place)
            }
        }

        @Test("a file that is written in place is only read")
        func inPlace() async throws {
            try await DaemonPlace.with { place in
                try place.configure(k: 2)
                let trace = try await place.withTracedDaemon("trace") { daemon in
                    try await daemon.ready()
                    for step in 1...3 {
                        let file = try OverwrittenFile(.init(step: 1000 * step))
                        try file.save(as: place.watch.appending("ckpt.pt"))
                        try await daemon.log.wait(containing: "ckpt-\(1000 * step).pt is complete", "pinned")
                    }
                    try await daemon.published(2)
                }
                try await Self.expectHarmless(trace, place)
            }
        }

        @Test("lawa only reads what it averages, plans and inspects")
        func tool() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try await trainer.save([1, 2])
                let output = place.root.appending("average").string
                let members = [1, 2].map { trainer.path($0).string }
                let commands = [
                    ["average", "--output", output] + members, ["plan"] + members, ["inspect", members[0]],
                ]
                for (index, command) in commands.enumerated() {
                    let trace = place.root.appending("trace-\(index)")
                    let lawa = try BuiltProduct.path("lawa").string
                    let strace = ["-o", trace.string] + FileTrace.arguments + [lawa] + command
                    let run = try await LawaRun.command(try #require(Machine.path(of: "strace")), strace)
                    #expect(run.code == 0, "\(command) \(run.complaint)")
                    try await Self.expectHarmless(trace, place)
                }
            }
        }

        private static func expectHarmless(_ path: FilePath, _ place: DaemonPlace) async throws {
            let text = String(decoding: try Fixture.read(path), as: UTF8.self)
            let trace = FileTrace(text.split(separator: "\n"), of: place.watch)
            #expect(trace.faults == [])
            #expect(trace.touchCount >= 5)
        }
    }
}

extension DaemonPlace {
    /// Runs a daemon under strace while `body` runs, and returns where the trace is.
    func withTracedDaemon(
        _ name: String,
        _ body: @escaping @Sendable (DaemonUnderTest) async throws -> Void
    ) async throws -> FilePath {
        let trace = root.appending(name + ".trace")
        let strace = try #require(Machine.path(of: "strace"))
        // With -D the tracer is a grandchild: signals go to the daemon itself, and its end is the daemon's.
        let command = [strace.string, "-D", "-o", trace.string] + FileTrace.arguments
        try await withDaemon(script: "exec \(command.joined(separator: " ")) \"$@\"", body)
        return trace
    }
}
