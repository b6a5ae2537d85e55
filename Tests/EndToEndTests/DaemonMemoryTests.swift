import ControlProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What lies in the watched directory never takes more memory than a quarter of what the daemon may use.
@Suite(.serialized) struct DaemonMemoryTests {
    /// What ulimit -d allows in KiB.
    private static let limit = 128 << 10
    /// What the daemon takes beside what it reads, in KiB.
    private static let own = 48 << 10

    /// What torch.save wrote before version 1.6: pickles one after the other, of which the fourth holds the objects.
    private static func legacy(_ objects: [UInt8]) -> [UInt8] {
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
        let system: [UInt8] = [0x80, 2] + Array("}X\r\0\0\0little_endian".utf8) + [0x88] + Array("s.".utf8)
        let storages: [UInt8] = [0x80, 2] + Array("].".utf8)
        return magic + version + system + objects + storages
    }

    private static func repeated(_ count: Int, _ start: String, _ part: String, _ end: String) -> [UInt8] {
        var bytes: [UInt8] = [0x80, 4] + Array(start.utf8)
        for _ in 0..<count { bytes += Array(part.utf8) }
        return legacy(bytes + Array(end.utf8))
    }

    /// Objects of a few bytes each, at the sizes at which the arrays that hold them are being doubled, or just before.
    private static let bombs: [[UInt8]] = [250_000, 400_000, 625_000].flatMap { count in
        [
            repeated(count, "(", "]", "l."), repeated(count, "](", "N", "e."), repeated(count, "](", "}", "e."),
            repeated(count, "]", "]a", "."), repeated(count, "](cx\ny\nq\0)R", "h\0)R", "e."),
        ]
    }

    /// The most memory that a process has had resident, in KiB.
    private static func peak(of process: Int32) throws -> Int {
        let file = try File.openForReading(FilePath("/proc/\(process)/status"))
        let bytes = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: \.isWhitespace)
        return try #require(words?.dropFirst().first.flatMap { Int($0) })
    }

    @Test("files that ask for much are refused within the limit while their readers' arrays grow")
    func growth() async throws {
        try await DaemonPlace.with { place in
            for (step, bytes) in Self.bombs.enumerated() {
                try Fixture.write(bytes, to: place.watch.appending("ckpt_\(step).pt"))
            }
            try place.configure(k: 2)
            let count = Self.bombs.count
            try await place.withDaemon(script: "ulimit -d \(Self.limit); exec \"$@\"") { daemon in
                try await daemon.ready()
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) {
                    $0.checkpoints.count == count && $0.checkpoints.allSatisfy { $0.state == .incomplete }
                }
                #expect(report.checkpoints.contains { $0.reason?.contains("RLIMIT_DATA") == true })
                let peak = try Self.peak(of: daemon.processIdentifier)
                #expect(peak < Self.limit / 4 + Self.own, "\(peak) KiB")
            }
        }
    }

    @Test("the window of a model with very many tensors takes little more than one checkpoint of it")
    func manyTensors() async throws {
        try await DaemonPlace.with { place in
            let bytes = ManyTensors.bytes(count: 25_000)
            for step in 1...12 {
                try Fixture.write(bytes, to: place.watch.appending("model_\(step).safetensors"))
            }
            try place.configure(k: 10)
            try await place.withDaemon(script: "ulimit -d \(Self.limit); exec \"$@\"") { daemon in
                try await daemon.published(1)
            }
            #expect(try place.averageNames.contains("model_12.safetensors"))
            let lawa = [try BuiltProduct.path("lawa").string, "average", "--last", "10", place.watch.string]
            let output = ["--output", place.root.appending("average.safetensors").string]
            let limited = ["-c", "ulimit -d \(Self.limit); exec \"$@\"", "sh"] + lawa + output
            let run = try await LawaRun.command("/bin/sh", limited)
            #expect(run.code == 0, "\(run.complaint)")
        }
    }

    @Test("checkpoints that have nothing in common fill the window as far as there is memory, and it is told")
    func nothingInCommon() async throws {
        try await DaemonPlace.with { place in
            for step in 1...16 {
                let names = (0..<40_000).map { "a.layer.of.the.checkpoint.number.\(step).with.the.number.\($0)" }
                let bytes = ManyTensors.bytes(names: names)
                try Fixture.write(bytes, to: place.watch.appending("model_\(step).safetensors"))
            }
            try place.configure(k: 16)
            // The stacks of threads count here, 60 MiB, though hardly any of them is used.
            try await place.withDaemon(script: "ulimit -d \(2 * Self.limit); exec \"$@\"") { daemon in
                try await daemon.ready()
                let report = try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                    report.checkpoints.count { $0.state == .incomplete } > 2
                }
                #expect(report.checkpoints.contains { $0.reason?.contains("the other members leave") == true })
                #expect(!report.checkpoints.allSatisfy { $0.state == .incomplete })
                #expect(try Self.peak(of: daemon.processIdentifier) < 3 * Self.limit / 2)
            }
        }
    }
}
