import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct ReadingTests {
    private static let window = Residency.windowByteCount

    @Test("a window counts as cached or cold up to one part in a hundred")
    func residency() {
        let shares = [0, 1, 2, 50, 98, 99, 100]
        let residency = Residency(byteCount: shares.count * Self.window - 5) { range in
            range.count * shares[range.lowerBound / Self.window] / 100 + (range.lowerBound == 0 ? 0 : 1)
        }
        #expect(
            shares.indices.map { residency.isCold(window: $0) } == [true, false, false, false, false, false, false]
        )
        let cached = shares.indices.map { residency.isCached(($0 * Self.window)..<($0 * Self.window + 1)) }
        #expect(cached == [false, false, false, false, false, true, true])
        #expect(residency.isCached((5 * Self.window)..<(7 * Self.window - 5)))
        #expect(!residency.isCached((5 * Self.window - 1)..<(6 * Self.window)))
        #expect(residency.windows(of: 3..<3).isEmpty)
        #expect(residency.windows(of: (Self.window - 1)..<(Self.window + 1)) == 0..<2)
    }

    @Test(
        "what the page cache held stays, and nothing is added, however members are read",
        arguments: EngineLimits.ReadMode.allCases,
        AccessMethod.allCases
    )
    func pageCache(io: EngineLimits.ReadMode, access: AccessMethod) throws {
        try withTemporaryDirectory { directory in
            let count = Self.window + (3 << 20)
            let files = try (0..<3).map { member in
                let block = (0..<(64 << 10)).map { UInt8(truncatingIfNeeded: ($0 &* (member + 3)) >> 3) & 0xDF }
                let file = try File.create(directory.appending("input-\(member)"))
                for start in stride(from: 0, to: count, by: block.count) {
                    try block.withUnsafeBytes { try file.write($0, at: start) }
                }
                try file.synchronize()
                // The newest is as cached as the trainer left it; the others are not.
                if member < 2 { file.dropCache(offset: 0, count: count) }
                return file
            }
            let before = try files.map { try $0.cachedByteCount(offset: 0, count: count) }
            try #require(before[0] == 0 && before[1] == 0 && before[2] >= count)
            let plan = try Self.plan(files, byteCount: count)
            let output = directory.appending("out")
            try Publication.makeDirectories(output)
            _ = try Averager(limits: EngineLimits(io: io), chunkByteCount: nil, access: access)
                .run(plan, into: [output], control: AveragingControl(), names: EngineScenario.names)
            let after = try files.map { try $0.cachedByteCount(offset: 0, count: count) }
            #expect(after[0] == 0 && after[1] == 0)
            // Not all of it: the kernel may take back a few pages of any file at any time.
            #expect(after[2] >= before[2] * 95 / 100)
            let average = try File.openForReading(output.appending("average"))
            // The last page may hold less than a block and then has to pass through the page cache.
            #expect(try average.cachedByteCount(offset: 0, count: count) <= HostProcess.pageByteCount)
        }
    }

    private static func plan(_ files: [File], byteCount: Int) throws -> SpanPlan {
        let inputs = try files.enumerated().map { member, file in
            let fingerprint = FileFingerprint(try file.status())
            return SpanPlan.Input(
                member: member,
                path: file.path,
                file: CheckpointFile(relativePath: "input-\(member)", fingerprint: fingerprint)
            )
        }
        let part = 0..<(byteCount - 1000)
        let pieces = files.indices.map { SpanPlan.Piece(member: $0, input: $0, offset: 904, part: part) }
        let span = SpanPlan.Span(tensor: 0, elementType: .f32, output: 904..<(904 + part.count), pieces: pieces)
        let output = SpanPlan.Output(
            relativePath: "average",
            template: files.count - 1,
            byteCount: byteCount,
            spans: [span]
        )
        return SpanPlan(inputs: inputs, outputs: [output], memberCount: files.count, weights: [.uniform(files.count)])
    }

    @Test("a rate is kept by all who read together, and idle time is no credit")
    func pace() {
        let pace = ReadPace(bytesPerSecond: 10 << 20)
        let control = AveragingControl()
        let start = ContinuousClock.now
        BlockingThreads.run(count: 2, name: "pace") { _ in
            for _ in 0..<2 { pace.wait(for: 1 << 20, control: control) }
        }
        // Of four readings the last waits for the three before it.
        #expect(ContinuousClock.now - start >= .milliseconds(250))
    }

    @Test("a stop that is asked for ends the waiting")
    func cancelled() {
        let pace = ReadPace(bytesPerSecond: 1)
        let control = AveragingControl()
        pace.wait(for: 1 << 40, control: control)
        BlockingThreads.run(count: 2, name: "pace") { index in
            if index == 0 { pace.wait(for: 1, control: control) } else { control.cancel() }
        }
        #expect(control.isCancelled)
    }
}
