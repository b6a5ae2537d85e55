import Averaging
import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// What happens to the members, or is asked for, while an average is being made.
@Suite(.serialized) struct AveragerRaceTests {
    private static let elementCount = 2_000_000

    /// Members that are all different and long enough to be disturbed in the middle.
    private static let members = (0..<3).map { member in
        let bytes = [UInt8](unsafeUninitializedCapacity: elementCount * 4) { buffer, count in
            // 0x3FxxxxMM: finite, and other ones in each member.
            for index in 0..<elementCount {
                let pattern = UInt32(0x3F00_0000 + (index % 65_536) * 256 + member)
                buffer.withMemoryRebound(to: UInt32.self) { $0[index] = pattern }
            }
            count = elementCount * 4
        }
        return SyntheticMember([SyntheticTensor("w", .f32, [elementCount], bytes: bytes)])
    }

    /// Averages on one thread while `disturb` runs on another once the average has begun; `prepare` runs before.
    private func race(
        _ directory: FilePath,
        prepare: (FilePath) throws -> Void = { _ in },
        disturb: @escaping @Sendable (AveragingControl) throws -> Void
    ) throws -> (result: Result<Averager.Outcome, AveragingError>, output: FilePath) {
        let plan = try SyntheticMember.window(Self.members, in: directory).plan()
        try prepare(directory)
        let output = directory.appending("output")
        try Publication.removeTree(output)
        try Publication.makeDirectories(output)
        let control = AveragingControl()
        let result = Mutex<Result<Averager.Outcome, AveragingError>?>(nil)
        let problem = Mutex<(any Error)?>(nil)
        let isDone = Atomic(false)
        BlockingThreads.run(count: 2, name: "race") { index in
            if index == 0 {
                let found = Result { () throws(AveragingError) in
                    try Averager(limits: EngineLimits(threads: 2)).run(plan, into: output, control: control)
                }
                result.withLock { $0 = found }
                isDone.store(true, ordering: .releasing)
            } else {
                while control.progress.fraction == 0 && !isDone.load(ordering: .acquiring) {}
                do { try disturb(control) } catch { problem.withLock { $0 = error } }
            }
        }
        if let problem = problem.withLock({ $0 }) { throw problem }
        let found = result.withLock { $0 }
        return (try #require(found), output)
    }

    /// Repeats a race until the disturbance was in time; every round must end in one of the two right ways.
    private func expectFailure(
        _ isExpected: (AveragingError) -> Bool,
        disturb: @escaping @Sendable (FilePath, AveragingControl, Int) throws -> Void
    ) throws {
        var failures = 0
        for round in 0..<60 where failures < 6 {
            try withTemporaryDirectory { directory in
                let (result, output) = try race(directory) { control in try disturb(directory, control, round) }
                switch result {
                case .success:
                    try AverageCheck(members: Self.members).expect(output)
                case .failure(let error):
                    failures += 1
                    #expect(isExpected(error), "\(error)")
                }
            }
        }
        #expect(failures > 0, "no round was disturbed in time")
    }

    private func isMemberChanged(_ error: AveragingError) -> Bool {
        if case .memberChanged(let path) = error { path.string.hasSuffix("model.safetensors") } else { false }
    }

    @Test("a member that is cut while it is read: no crash, no output")
    func truncated() throws {
        try expectFailure(isMemberChanged) { directory, _, round in
            let path = directory.appending("checkpoint-\((round % 3 + 1) * 10)").appending("model.safetensors")
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter { try file.resize(to: [0, 1, 4096, 100_000, 4_000_000, 7_999_999][round % 6]) }
        }
    }

    @Test("a member that is cut and made long again while it is read")
    func truncatedAndExtended() throws {
        try expectFailure(isMemberChanged) { directory, _, round in
            let path = directory.appending("checkpoint-10").appending("model.safetensors")
            let byteCount = try FileStatus.of(path).size
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter {
                try file.resize(to: Int64(round * 1000))
                try file.resize(to: Int64(byteCount))
            }
        }
    }

    @Test("a member that is written to while it is read")
    func rewritten() throws {
        try expectFailure(isMemberChanged) { directory, _, _ in
            let path = directory.appending("checkpoint-20").appending("model.safetensors")
            let file = try FileDescriptor.open(path, .writeOnly)
            _ = try file.closeAfter { try file.writeAll(toAbsoluteOffset: 7_000_000, [1, 2, 3]) }
        }
    }

    @Test("a member that is written to while it is read, and has its size and time set back")
    func rewrittenInSecret() throws {
        try expectFailure(isMemberChanged) { directory, _, _ in
            let path = directory.appending("checkpoint-20").appending("model.safetensors")
            let before = try FileStatus.of(path)
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter {
                try file.writeAll(toAbsoluteOffset: 7_000_000, [1, 2, 3])
                let (seconds, nanoseconds) = before.modificationTime.quotientAndRemainder(dividingBy: 1_000_000_000)
                let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
                try #require(futimens(file.rawValue, [time, time]) == 0)
            }
            let after = try FileStatus.of(path)
            #expect(after.size == before.size && after.modificationTime == before.modificationTime)
        }
    }

    @Test("other names of members that come or go while they are read change nothing", arguments: [false, true])
    func otherNames(isRemoved: Bool) throws {
        try withTemporaryDirectory { directory in
            let other = directory.appending("other name")
            let link: @Sendable (FilePath) throws -> Void = {
                try Publication.hardLink($0.appending("checkpoint-10/model.safetensors"), to: other)
            }
            let (result, output) = try race(directory, prepare: isRemoved ? link : { _ in }) { _ in
                try isRemoved ? Publication.removeTree(other) : link(directory)
            }
            _ = try result.get()
            try AverageCheck(members: Self.members).expect(output)
        }
    }

    @Test("a member that goes away while it is read is read to its end, for it is still open")
    func removed() throws {
        try withTemporaryDirectory { directory in
            let (result, output) = try race(directory) { _ in
                try Publication.removeTree(directory.appending("checkpoint-10"))
            }
            _ = try result.get()
            try AverageCheck(members: Self.members).expect(output)
        }
    }

    @Test("a stop that is asked for meanwhile")
    func cancelled() throws {
        try expectFailure {
            if case .cancelled = $0 { true } else { false }
        } disturb: { _, control, _ in
            control.cancel()
        }
    }
}
