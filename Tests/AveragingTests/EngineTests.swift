import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct EngineTests {
    @Test(
        "tensors in pieces anywhere, several averages and seals come out right however they are read",
        arguments: EngineLimits.ReadMode.allCases,
        [1, 2, 5]
    )
    func scattered(io: EngineLimits.ReadMode, threads: Int) throws {
        try withTemporaryDirectory { directory in
            let weights = [
                MemberWeights.uniform(4), try #require(MemberWeights([0, 0, 5, 5])),
                try #require(MemberWeights([1, -2, 3_000_000, 7])),
            ]
            let scenario = try EngineScenario(seed: UInt64(threads), members: 4, weights: weights, in: directory)
            try scenario.expect(limits: EngineLimits(threads: threads, io: io), in: directory)
        }
    }

    @Test("any number of members", arguments: [1, 2, 3, 9, 17])
    func memberCounts(members: Int) throws {
        try withTemporaryDirectory { directory in
            let weights = [MemberWeights.uniform(members)]
            let scenario = try EngineScenario(seed: 77, members: members, weights: weights, in: directory)
            try scenario.expect(limits: EngineLimits(threads: 3), in: directory)
        }
    }

    @Test("what a filesystem refuses is done the next way, with the same result", arguments: AccessMethod.allCases)
    func fallbacks(access: AccessMethod) throws {
        try withTemporaryDirectory { directory in
            let weights = [MemberWeights.uniform(3), try #require(MemberWeights([1, 2, 3]))]
            let scenario = try EngineScenario(seed: 6, members: 3, weights: weights, in: directory)
            for io in [EngineLimits.ReadMode.direct, .read] {
                try scenario.expect(limits: EngineLimits(io: io), access: access, in: directory)
            }
        }
    }

    @Test("a filesystem in memory, where nothing is direct, gives the same", arguments: EngineLimits.ReadMode.allCases)
    func inMemory(io: EngineLimits.ReadMode) throws {
        let memory = try Publication.makeTemporaryDirectory(in: "/dev/shm", prefix: "lawa-test-")
        defer { try? Publication.removeTree(memory) }
        let weights = [MemberWeights.uniform(3)]
        let scenario = try EngineScenario(seed: 5, members: 3, weights: weights, in: memory)
        try scenario.expect(limits: EngineLimits(io: io), in: memory)
    }

    @Test("of a file whose content is known only what is averaged is read", arguments: EngineLimits.ReadMode.allCases)
    func known(io: EngineLimits.ReadMode) throws {
        try withTemporaryDirectory { directory in
            let weights = [MemberWeights.uniform(3), try #require(MemberWeights([1, 2, 3]))]
            let scenario = try EngineScenario(seed: 12, members: 3, weights: weights, in: directory) {
                [0, 3, 5].contains($0)
            }
            #expect(scenario.plan.bytesToRead < scenario.inputs.reduce(0) { $0 + $1.count })
            try scenario.expect(limits: EngineLimits(io: io), in: directory)
        }
    }

    @Test("a byte that is not what its file says it is gives no output", arguments: 0..<6)
    func damage(input: Int) throws {
        try withTemporaryDirectory { directory in
            let weights = [MemberWeights.uniform(3)]
            let scenario = try EngineScenario(seed: 9, members: 3, weights: weights, in: directory)
            let seal = try #require(scenario.plan.inputs[input].seals.last)
            let lie = ByteSeal(range: seal.range, checksum: seal.checksum ^ 1, places: [])
            let plan = scenario.plan.replacingSeals(of: input, with: [lie])
            do throws(AveragingError) {
                _ = try Averager(limits: EngineLimits(), chunkByteCount: 8192, access: .direct)
                    .run(plan, into: [directory], control: AveragingControl(), names: EngineScenario.names)
                Issue.record("the damage went unnoticed")
            } catch {
                guard case .damaged(let damage) = error else { throw error }
                #expect(damage.member == input / 2)
                #expect(damage.path == plan.inputs[input].path)
                #expect(damage.range == seal.range)
                #expect((damage.expected, damage.found) == (seal.checksum ^ 1, seal.checksum))
            }
        }
    }

    @Test("weights that are none are refused")
    func weights() {
        #expect(MemberWeights([]) == nil)
        #expect(MemberWeights([0, 0]) == nil)
        #expect(MemberWeights([1, -1]) == nil)
        #expect(MemberWeights([1, -2]) == nil)
        #expect(MemberWeights([1 << 24, 1]) == nil)
        #expect(MemberWeights([3, 3])?.isUniform == true)
        #expect(MemberWeights([0, 3, 1]).map { [$0.members.count, $0.members[0]] } == [2, 1])
    }
}

extension SpanPlan {
    /// The same plan with other claims about the bytes of one input.
    fileprivate func replacingSeals(of index: Int, with seals: [ByteSeal]) -> SpanPlan {
        var inputs = inputs
        let input = inputs[index]
        inputs[index] = Input(member: input.member, path: input.path, file: input.file, seals: seals)
        return SpanPlan(inputs: inputs, outputs: outputs, memberCount: memberCount, weights: weights)
    }
}
