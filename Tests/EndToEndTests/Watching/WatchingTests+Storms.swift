import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// More events than there is time, or room, for.
    @Suite(.serialized) struct Storms {
        private static let queueLimit: FilePath = "/proc/sys/fs/inotify/max_queued_events"

        @Test("a thousand files at once are a handful of looks")
        func files() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2)
                try await place.withDaemon { daemon in
                    try await trainer.save(1)
                    try await daemon.ready()
                    try await daemon.log.wait(containing: "checkpoint-1 is complete")
                    let before = try await Self.lookCount(daemon)
                    let clock = ContinuousClock()
                    let start = clock.now
                    for index in 0..<1000 { try Fixture.write([1], to: place.watch.appending("event-\(index).log")) }
                    try await trainer.save(2)
                    try await daemon.published(1)
                    let duration = clock.now - start
                    let looks = try await Self.lookCount(daemon) - before
                    // One look in a tenth of a second at most, and those that saving takes.
                    #expect(Double(looks) <= duration / .milliseconds(100) + 3, "\(looks) looks in \(duration)")
                }
                try expectAverage([1, 2], trainer, place)
            }
        }

        @Test("a thousand checkpoints at once are averaged as one run", .timeLimit(.minutes(2)))
        func checkpoints() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch, shape: .file)
                try place.configure(k: 2)
                try await place.withDaemon { daemon in
                    try await daemon.ready()
                    let elsewhere = SyntheticTrainer(place.root.appending("elsewhere"), shape: .file)
                    try await elsewhere.save(1)
                    for step in 2...1000 {
                        try Publication.hardLink(elsewhere.path(1), to: elsewhere.path(step))
                    }
                    try await elsewhere.save(1001)
                    for step in 1...1001 {
                        try #require(rename(elsewhere.path(step).string, trainer.path(step).string) == 0)
                    }
                    try await daemon.log.wait(containing: "published ", trainer.name(1001))
                }
            }
        }

        @Test("what an overflow of the queue swallowed is found all the same", .unless(Machine.settingObstacle))
        func overflow() async throws {
            let original = try Machine.text(of: Self.queueLimit)
            // The limit is read when an instance is made, so only daemons that start now have it.
            try Self.setQueueLimit("16")
            defer { try? Self.setQueueLimit(original) }
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2)
                try await place.withDaemon { daemon in
                    try await daemon.ready()
                    try Self.setQueueLimit(original)
                    // Nobody reads the queue meanwhile.
                    kill(daemon.processIdentifier, SIGSTOP)
                    for index in 0..<100 { try Fixture.write([1], to: place.watch.appending("event-\(index).log")) }
                    try await trainer.save([1, 2])
                    kill(daemon.processIdentifier, SIGCONT)
                    try await daemon.log.wait(containing: "the kernel's event queue overflowed")
                    try await daemon.published(1)
                    try await trainer.save(3)
                    try await daemon.published(2)
                }
                try expectAverage([1, 2], trainer, place)
                try expectAverage([2, 3], trainer, place)
            }
        }

        private static func setQueueLimit(_ value: String) throws {
            let file = try FileDescriptor.open(queueLimit, .writeOnly)
            try file.closeAfter { _ = try file.writeAll(value.utf8) }
        }

        private static func lookCount(_ daemon: DaemonUnderTest) async throws -> Int {
            let text = String(decoding: try await daemon.client.askBytes(.metrics), as: UTF8.self)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("lawad_looks_total ") })
            let count = try #require(line.split(separator: " ").last)
            return try #require(Int(count))
        }
    }
}
