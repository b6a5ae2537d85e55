import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the daemon does while nothing happens: nothing.
@Suite(.serialized) struct DaemonIdleTests {
    @Test("idle, no thread wakes up")
    func wakeUps() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await trainer.save([1, 2])
            try trainer.beginDirectory(3)
            try await place.withDaemon { daemon in
                try await daemon.published(1)
                try await daemon.log.wait(containing: "checkpoint-3 is not complete")
                // The look that follows the last event, and the progress report that ends with the average.
                await Timer.pass(.seconds(3))
                let before = try Self.voluntarySwitches(of: daemon.processIdentifier)
                await Timer.pass(.seconds(3))
                let after = try Self.voluntarySwitches(of: daemon.processIdentifier)
                #expect(after - before < 20)
            }
        }
    }

    /// How often the threads of a process went to sleep so far.
    private static func voluntarySwitches(of process: Int32) throws -> Int {
        let tasks = FilePath("/proc/\(process)/task")
        return try DaemonPlace.names(in: tasks).reduce(0) { sum, name in
            let file = try File.openForReading(tasks.appending(name).appending("status"))
            // Files of /proc tell no size.
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") })
            return sum + (try #require(Int(line.split(separator: "\t")[1])))
        }
    }
}
