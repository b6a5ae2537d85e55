import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// Members that diverged or that change before the average begins, and wishes to stop.
@Suite struct AveragerFailureTests {
    private let nan: UInt64 = 0x7FC0_0000
    private let infinity: UInt64 = 0x7F80_0000

    private func failure(
        _ members: [SyntheticMember],
        threads: Int = 2,
        sourceLocation: SourceLocation = #_sourceLocation,
        before: (FilePath) throws -> Void = { _ in }
    ) throws -> AveragingError? {
        try withTemporaryDirectory { directory in
            let plan = try SyntheticMember.window(members, in: directory).plan()
            try before(directory)
            return #expect(throws: AveragingError.self, sourceLocation: sourceLocation) {
                try run(plan, directory, threads: threads)
            }
        }
    }

    private func run(
        _ plan: AveragingPlan,
        _ directory: FilePath,
        threads: Int = 2,
        control: AveragingControl = AveragingControl()
    ) throws {
        let staged = directory.appending("staged")
        do {
            _ = try StagedAverage.make(
                plan,
                in: staged,
                outputName: plan.newest.name,
                averager: Averager(limits: EngineLimits(threads: threads)),
                control: control,
                program: "test"
            )
        } catch {
            #expect(try FileStatus.ifPresent(staged) == nil, "a failed average leaves nothing behind")
            throw error
        }
    }

    @Test("the member, the tensor and the number of its elements are told", arguments: [1, 4])
    func nonFinite(threads: Int) throws {
        let fine = SyntheticTensor("fine", [1, 2, 3])
        let members = [
            SyntheticMember([fine, SyntheticTensor("w", patterns: [1, 2, 3, 4], type: .f32), fine.renamed("z")]),
            SyntheticMember([
                fine, SyntheticTensor("w", patterns: [nan, 2, infinity, nan], type: .f32), fine.renamed("z"),
            ]),
            SyntheticMember([fine, SyntheticTensor("w", patterns: [1, 2, infinity, 4], type: .f32), fine.renamed("z")]),
        ]
        let error = try failure(members, threads: threads)
        guard case .nonFinite(let findings) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.map(\.member) == [1, 2])
        #expect(findings.map(\.name) == ["checkpoint-20", "checkpoint-30"])
        #expect(findings.map(\.tensor) == ["w", "w"])
        #expect(findings.map(\.count) == [3, 1])
        #expect(
            error.map { "\($0)" } == "\"checkpoint-20\" has 3 NaN or infinite elements in tensor \"w\" where other "
                + "members are finite; \"checkpoint-30\" has 1 NaN or infinite elements in tensor \"w\" where other "
                + "members are finite; leave it out, it comes from a step that diverged"
        )
        #expect(error?.isTransient == false)
    }

    @Test("of several tensors the first is told, whatever thread finds one first", arguments: 0..<4)
    func firstTensor(round: Int) throws {
        let clean = [UInt64](repeating: 1, count: 70_000)
        var spoilt = clean
        spoilt[69_999] = nan
        spoilt[round] = infinity
        let names = ["a", "b", "c", "d"]
        let members = [
            SyntheticMember(names.map { SyntheticTensor($0, patterns: clean, type: .f32) }),
            SyntheticMember(
                names.map { SyntheticTensor($0, patterns: $0 == "a" ? clean.map { $0 + 1 } : spoilt, type: .f32) }
            ),
        ]
        guard case .nonFinite(let findings) = try failure(members, threads: 4) else {
            Issue.record("no finding")
            return
        }
        #expect(findings.map(\.tensor) == ["b"])
        #expect(findings.map(\.count) == [2])
    }

    @Test("other float types are looked at too", arguments: [ElementType.f64, .f16, .bf16, .c64])
    func otherTypes(type: ElementType) throws {
        var random = SeededGenerator(seed: 1)
        let good = SyntheticTensor.random("w", type, [10], &random)
        let format = try #require(SyntheticTensor.format(of: type))
        let patterns = (0..<(good.patternCount - 1)).map(good.pattern) + [format.quietNaN]
        let bad = SyntheticTensor("w", patterns: patterns, type: format.type)
        let members = [good, SyntheticTensor("w", type, [10], bytes: bad.bytes)].map { SyntheticMember([$0]) }
        guard case .nonFinite(let findings) = try failure(members) else {
            Issue.record("no finding")
            return
        }
        #expect(findings.map(\.member) == [1])
        #expect(findings.map(\.count) == [1])
    }

    @Test("a member that is another file than was planned with")
    func changedBefore() throws {
        let members = [[1, 2], [3, 4]].map { SyntheticMember.floats($0) }
        let file = "checkpoint-10/model.safetensors"
        let changes: [(FilePath) throws -> Void] = [
            { try Fixture.write(members[1].bytes("model.safetensors"), to: $0.pushing(FilePath(file))) },
            { try Publication.removeTree($0.appending("checkpoint-10")) },
            { try Publication.removeTree($0.pushing(FilePath(file))) },
            { try Fixture.write([], to: $0.appending("checkpoint-10").appending("..").pushing(FilePath(file))) },
            { try resize($0.pushing(FilePath(file)), to: 10) },
            { try resize($0.pushing(FilePath(file)), to: 10_000) },
            { try rewrite($0.pushing(FilePath(file)), members[1].bytes("model.safetensors")) },
            { directory in
                try Publication.removeTree(directory.pushing(FilePath(file)))
                try Publication.makeDirectories(directory.pushing(FilePath(file)))
            },
        ]
        for (index, change) in changes.enumerated() {
            let error = try failure(members, before: change)
            guard case .memberChanged(let path) = error else {
                Issue.record("change \(index): \(String(describing: error))")
                continue
            }
            #expect(path.string.hasSuffix(file))
            #expect(error?.isTransient == true)
            #expect(
                error.map { "\($0)" }
                    == "\"\(path)\" changed while it was read; the average was discarded and is tried again"
            )
        }
    }

    private func resize(_ path: FilePath, to byteCount: Int) throws {
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter { try file.resize(to: Int64(byteCount)) }
    }

    private func rewrite(_ path: FilePath, _ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(path, .writeOnly)
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    @Test("a stop that was asked for before")
    func cancelledBefore() throws {
        try withTemporaryDirectory { directory in
            let members = [[1, 2], [3, 4]].map { SyntheticMember.floats($0) }
            let plan = try SyntheticMember.window(members, in: directory).plan()
            let control = AveragingControl()
            control.cancel()
            let error = #expect(throws: AveragingError.self) { try run(plan, directory, control: control) }
            #expect(
                error.map { "\($0)" } == "the average was stopped before it was done; nothing was published"
            )
            #expect(error?.isTransient == true)
            #expect(control.progress.fraction == 0)
        }
    }

    @Test("an output that cannot be made is told with its path")
    func noOutput() throws {
        try withTemporaryDirectory { directory in
            let members = [[1, 2], [3, 4]].map { SyntheticMember.floats($0) }
            let plan = try SyntheticMember.window(members, in: directory).plan()
            try Fixture.write([], to: directory.appending("file"))
            let error = #expect(throws: AveragingError.self) {
                try StagedAverage.make(
                    plan,
                    in: HeldDirectory(directory),
                    name: "file/staged",
                    outputName: "x",
                    averager: Averager(limits: EngineLimits(threads: 1)),
                    control: AveragingControl(),
                    program: "test"
                )
            }
            guard case .system(let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error.map { "\($0)" } == "\(cause)")
            #expect(cause.path == directory.appending("file/staged"), "told by its path, not by a descriptor")
        }
    }

    @Test("room that is lacking is told in bytes")
    func space() {
        let error = AveragingError.notEnoughSpace(path: "/x", needed: 100, reserve: 50, available: 30)
        #expect(
            "\(error)" == "not enough space at \"/x\": the average needs 100 bytes and 50 are to stay free, "
                + "but only 30 are available; free 120 bytes or lower limits.min_free"
        )
    }
}

extension SyntheticTensor {
    /// The same tensor under another name.
    func renamed(_ name: String) -> SyntheticTensor {
        SyntheticTensor(name, type, shape, bytes: bytes)
    }
}
