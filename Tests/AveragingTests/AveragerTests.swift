import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct AveragerTests {
    /// Averages members and holds the output and all checksums against what they must be.
    @discardableResult
    private func average(
        _ members: [SyntheticMember],
        threads: Int = 2,
        io: EngineLimits.ReadMode = .auto,
        filter: TensorFilter = TensorFilter(),
        excluded: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (outcome: Averager.Outcome, plan: AveragingPlan) {
        try withTemporaryDirectory { directory in
            let plan = try SyntheticMember.window(members, in: directory).plan(filter: filter)
            let output = directory.appending("output")
            try Publication.makeDirectories(output)
            let control = AveragingControl()
            let limits = EngineLimits(threads: threads, io: io)
            let outcome = try Averager(limits: limits).run(plan, into: output, control: control)
            try AverageCheck(members: members, excluded: excluded).expect(output, sourceLocation: sourceLocation)
            for (file, checksum) in zip(plan.spans.outputs, outcome.outputChecksums[0]) {
                let bytes = try Fixture.read(output.appending(file.relativePath))
                #expect(checksum == AverageCheck.checksum(bytes), sourceLocation: sourceLocation)
            }
            for (input, checksum) in zip(plan.spans.inputs, outcome.inputChecksums) {
                let bytes = try Fixture.read(input.path)
                #expect(checksum == AverageCheck.checksum(bytes), sourceLocation: sourceLocation)
            }
            #expect(control.progress.fraction == 1)
            return (outcome, plan)
        }
    }

    private func members(
        _ count: Int,
        seed: UInt64,
        _ make: (inout SeededGenerator) -> SyntheticMember
    )
        -> [SyntheticMember]
    {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in make(&random) }
    }

    @Test("every type, 1 to 10 members", arguments: [1, 2, 3, 5, 10])
    func everyType(count: Int) throws {
        let members = members(count, seed: 1) { random in
            SyntheticMember(ElementType.safetensors.map { .random("t.\($0.rawValue)", $0, [2, 20], &random) })
        }
        let (outcome, plan) = try average(members)
        let averaged = Set(plan.decisions.indices.filter { plan.decisions[$0].copyReason == nil })
        #expect(averaged.count == 5)
        #expect(outcome.differing == (count == 1 ? [] : averaged))
    }

    @Test("tensors at odd offsets, at other ones in each member", arguments: 0..<9)
    func unaligned(padding: Int) throws {
        var random = SeededGenerator(seed: UInt64(padding))
        let members = (0..<3).map { member in
            SyntheticMember(
                [
                    .random("flag", .bool, [1 + member], &random), .random("w", .f32, [33], &random),
                    .random("v", .f64, [5], &random), .random("u", .bf16, [7], &random),
                    .random("c", .c64, [3], &random), .random("x", .f16, [9], &random),
                ],
                padding: padding * (member + 1) % 11
            )
        }
        try average(members)
    }

    @Test("another order of tensors in each member")
    func otherOrders() throws {
        let names = ["a", "b", "c", "d", "e"]
        let members = (0..<5).map { member in
            var random = SeededGenerator(seed: UInt64(member))
            let tensors = names.map { SyntheticTensor.random($0, $0 == "c" ? .f16 : .f32, [1000], &random) }
            return SyntheticMember(Array(tensors[member...] + tensors[..<member]), padding: member)
        }
        try average(members)
    }

    @Test("tensors in other files in each member")
    func otherShards() throws {
        let names = ["a", "b", "c", "d"]
        let layouts = [
            ["one": [0, 1, 2, 3]], ["one": [0], "two": [1, 2, 3]], ["two": [3, 0], "three": [2], "four": [1]],
            ["one": [2, 3], "two": [1, 0]],
        ]
        let members = layouts.enumerated().map { member, layout in
            var random = SeededGenerator(seed: UInt64(member))
            let tensors = names.map { SyntheticTensor.random($0, .bf16, [501], &random) }
            let files = layout.map { ("\($0.key).safetensors", $0.value.map { tensors[$0] }) }
            return SyntheticMember(files: Dictionary(uniqueKeysWithValues: files), padding: member)
        }
        let (_, plan) = try average(members)
        #expect(plan.spans.inputs.count == 8)
        #expect(plan.spans.outputs.map(\.relativePath) == ["one.safetensors", "two.safetensors"])
    }

    @Test("tensors without elements, scalars, and a file without tensors")
    func emptyTensors() throws {
        let members = members(3, seed: 4) { random in
            SyntheticMember(files: [
                "a.safetensors": [
                    .random("none", .f32, [0], &random), .random("scalar", .f32, [], &random),
                    .random("none2", .f16, [3, 0, 2], &random), .random("flags", .bool, [0], &random),
                ],
                "b.safetensors": [],
            ])
        }
        let (outcome, plan) = try average(members)
        #expect(outcome.differing.map { plan.decisions[$0].tensor.name } == ["scalar"])
    }

    @Test("tensors of several blocks whose elements lie across the borders", arguments: [0, 1, 3, 6])
    func manyBlocks(padding: Int) throws {
        let members = members(3, seed: 7) { random in
            SyntheticMember(
                [
                    .random("odd", .u8, [13], &random), .random("w", .f64, [70_001], &random),
                    .random("v", .f16, [140_001], &random), .random("skip", .u8, [300_001], &random),
                    .random("c", .c64, [35_003], &random),
                ],
                padding: padding
            )
        }
        let (outcome, plan) = try average(members, threads: 3)
        #expect(plan.spans.outputs[0].byteCount > 1_000_000)
        #expect(outcome.differing == [1, 2, 4])
    }

    @Test("no way of reading changes a byte or a checksum", arguments: EngineLimits.ReadMode.allCases)
    func readModes(io: EngineLimits.ReadMode) throws {
        let members = members(3, seed: 12) { random in
            SyntheticMember(
                [
                    .random("odd", .u8, [4099], &random), .random("w", .f32, [30_007], &random),
                    .random("v", .bf16, [70_001], &random), .random("d", .f64, [13], &random),
                ],
                padding: 3
            )
        }
        #expect(try average(members, io: io).outcome == average(members, threads: 1, io: .mmap).outcome)
    }

    @Test("threads change no byte and no checksum")
    func threads() throws {
        let members = members(4, seed: 8) { random in
            SyntheticMember(files: [
                "a.safetensors": [.random("w", .f32, [200_003], &random), .random("n", .i32, [99], &random)],
                "b.safetensors": (0..<50).map { .random("s\($0)", .bf16, [31], &random) },
            ])
        }
        let outcomes = try [1, 2, 4, 0, -1].map { try average(members, threads: $0).outcome }
        for outcome in outcomes {
            #expect(outcome.inputChecksums == outcomes[0].inputChecksums)
            #expect(outcome.outputChecksums == outcomes[0].outputChecksums)
            #expect(outcome.differing == outcomes[0].differing)
        }
    }

    @Test("what is the same everywhere is copied, special values included")
    func identical() throws {
        let special = SyntheticTensor(
            "constant",
            patterns: [0x7FC1_2345, 0xFF80_0000, 0x8000_0000, 0x7FA0_0001, 0xFFFF_FFFF, 1],
            type: .f32
        )
        let members = members(3, seed: 9) { random in
            SyntheticMember([special, .random("w", .f32, [5], &random)])
        }
        let (outcome, plan) = try average(members)
        #expect(outcome.differing.map { plan.decisions[$0].tensor.name } == ["w"])
        let same = try average([members[0], members[0], members[0]])
        #expect(same.outcome.differing.isEmpty)
    }

    @Test("elements that are NaN or infinite in all members do not count against any")
    func nonFiniteEverywhere() throws {
        let members = [[0x7FC1_2345, 1], [0x7FC1_2345, 2], [0x7FC1_2345, 3]].map {
            SyntheticMember([SyntheticTensor("w", patterns: $0, type: .f32)])
        }
        try average(members)
        let others = [[0x7FC1_2345, 1], [0xFF80_0000, 2]].map {
            SyntheticMember([SyntheticTensor("w", patterns: $0, type: .f32)])
        }
        try average(others)
    }

    @Test("excluded tensors are the newest's")
    func excluded() throws {
        let members = members(2, seed: 10) { random in
            SyntheticMember([.random("keep.w", .f32, [9], &random), .random("w", .f32, [9], &random)])
        }
        try average(members, filter: TensorFilter(exclude: ["keep.*"]), excluded: ["keep.w"])
    }
}
