import Averaging
import Checkpoints
import LinuxSystem
import Synchronization
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// In a process of its own, because memory is counted by process.
@Suite struct AveragerMemoryTests {
    @Suite struct ExitTests {
        @Test("five members of 64 MiB leave memory as it was")
        func bounded() async {
            await #expect(processExitsWith: .success) {
                try withTemporaryDirectory { directory in
                    let plan = try ExitTests.plan(in: directory, memberCount: 5)
                    let output = directory.appending("output")
                    try Publication.makeDirectories(output)
                    let control = AveragingControl()
                    let isDone = Atomic(false)
                    let peak = Mutex((anonymous: 0, all: 0))
                    let outcome = Mutex<Averager.Outcome?>(nil)
                    let anonymous = try #require(HostProcess.anonymousResidentBytes)
                    let all = try #require(HostProcess.residentBytes)
                    BlockingThreads.run(count: 2, name: "memory") { index in
                        if index == 0 {
                            let found = try? Averager(limits: EngineLimits(threads: 2)).run(
                                plan,
                                into: output,
                                control: control
                            )
                            outcome.withLock { $0 = found }
                            isDone.store(true, ordering: .releasing)
                        } else {
                            while !isDone.load(ordering: .acquiring) {
                                let found = (HostProcess.anonymousResidentBytes ?? 0, HostProcess.residentBytes ?? 0)
                                peak.withLock { $0 = (max($0.anonymous, found.0), max($0.all, found.1)) }
                            }
                        }
                    }
                    let found = peak.withLock { $0 }
                    let differing = outcome.withLock { $0?.differing.count }
                    try #require(differing == 1)
                    try #require(control.progress.fraction == 1)
                    try #require(found.all > all, "nothing was sampled")
                    try #require(
                        found.anonymous - anonymous < 32 << 20,
                        "grew by \((found.anonymous - anonymous) >> 10) KiB"
                    )
                    try #require(found.all - all < 64 << 20, "grew by \((found.all - all) >> 10) KiB")
                }
            }
        }

        private static func plan(in directory: FilePath, memberCount: Int) throws -> AveragingPlan {
            let piece = (0..<262_144).map { UInt32(0x3F00_0000 + $0 * 61 % 0x40_0000) }
            let header = SafetensorsHeader.encode(tensors: [("w", .f32, [64 << 18])])
            let members = try (1...memberCount).map { member in
                let path = directory.appending("step_\(member).safetensors")
                let file = try File.create(path)
                try header.withUnsafeBytes { try file.write($0, at: 0) }
                let rotated = Array(piece[(member * 1000)...] + piece[..<(member * 1000)])
                for index in 0..<64 {
                    try rotated.withUnsafeBytes { try file.write($0, at: header.count + index << 20) }
                }
                return path
            }
            return try #require(
                CheckpointWindow(members: try members.map { try CheckpointOpener.open($0, position: 0) })
            ).plan()
        }
    }
}
