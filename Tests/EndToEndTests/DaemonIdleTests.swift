import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What the daemon does while nothing happens: nothing.
@Suite(.serialized) struct DaemonIdleTests {
    /// libdispatch's threads wait five seconds for more work and end; the progress report ends two after the average.
    private static let settling = Duration.seconds(9)

    @Test("idle, no thread wakes up")
    func wakeUps() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            // Hooks make tasks sleep, too.
            try place.configure(k: 2, ["hooks": #"{"on_average": {"command": ["true"]}}"#])
            try await trainer.save([1, 2])
            try trainer.beginDirectory(3)
            try await place.withDaemon { daemon in
                try await daemon.published(1)
                try await daemon.log.wait(containing: "checkpoint-3 is not complete")
                await Timer.pass(Self.settling)
                let process = FilePath("/proc/\(daemon.processIdentifier)")
                let before = try Self.voluntarySwitches(of: process)
                await Timer.pass(.seconds(4))
                let after = try Self.voluntarySwitches(of: process)
                #expect(before.keys == after.keys)
                let woken = after.filter { $0.value != before[$0.key] }
                // A shared libdispatch, as in debug builds, has its timer, which ticks once a second on one thread.
                let hasTimer = try Self.text(process.appending("maps")).contains("/libdispatch.so")
                #expect(woken.count <= (hasTimer ? 1 : 0), "\(before), then \(after)")
                let wakeUps = woken.reduce(0) { $0 + $1.value - before[$1.key, default: 0] }
                #expect(wakeUps <= (hasTimer ? 6 : 0), "\(before), then \(after)")
            }
        }
    }

    /// How often each thread of a process went to sleep so far.
    private static func voluntarySwitches(of process: FilePath) throws -> [String: Int] {
        let tasks = process.appending("task")
        return try DaemonPlace.names(in: tasks).reduce(into: [:]) { switches, name in
            let text = try text(tasks.appending(name).appending("status"))
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") })
            let count: Int = try #require(Int(line.split(separator: "\t")[1]))
            switches[name] = count
        }
    }

    /// What a file of /proc says; they tell no size.
    private static func text(_ path: FilePath) throws -> String {
        let file = try File.openForReading(path)
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = try part.withUnsafeMutableBytes { try file.read(at: text.count, into: $0) }
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += part[..<count]
        }
    }
}
