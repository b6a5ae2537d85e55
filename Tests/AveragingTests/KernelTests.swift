import Averaging
import CKernels
import SystemPackage
import TensorFormats
import TestSupport
import Testing

extension Kernels {
    @Suite struct KernelTests {
        static let counts = [1, 2, 3, 5, 7, 10, 64, 1000]

        @Test("every mean is the nearest, whatever the members", arguments: FloatFormat.all, MemberSource.allCases)
        func nearest(format: FloatFormat, source: MemberSource) {
            var random = SeededGenerator(seed: 17)
            for count in Self.counts {
                // More than a block of the widest kernel, and a rest; fewer where a proof takes long.
                let elements = (0..<(count > 10 ? 67 : 150)).map { _ in source.members(count, format, &random) }
                let run = KernelRun(format, elements: elements)
                var reference: KernelRun.Result?
                Kernels.onEveryLevel { level in
                    let result = run.result()
                    if reference == nil { check(result, format, elements) }
                    #expect(result == reference ?? result, "level \(level), k \(count)")
                    reference = result
                }
            }
        }

        private func check(_ result: KernelRun.Result, _ format: FloatFormat, _ elements: [[UInt64]]) {
            var mixed = [UInt64](repeating: 0, count: elements[0].count)
            for (members, pattern) in zip(elements, result.patterns) {
                let exact = ExactMean(format: format, members: members)
                let isRight = exact.accepts(pattern)
                #expect(isRight, "\(hex(pattern)) as the mean of \(members.prefix(10).map(hex)), k \(members.count)")
                #expect(!exact.accepts(pattern ^ 1), "the proof accepts both \(hex(pattern)) and its neighbour")
                for index in members.indices { mixed[index] += exact.mixed(index) }
            }
            #expect(result.mixed == mixed)
        }

        private func hex(_ pattern: UInt64) -> String { String(pattern, radix: 16) }

        @Test("the ways to choose members give the cases they are named for", arguments: FloatFormat.all)
        func ties(format: FloatFormat) {
            var random = SeededGenerator(seed: 3)
            for count in [2, 3, 5, 6, 7, 10, 64] {
                for source in [MemberSource.tie, .nearTie, .nearestTie] {
                    let members = source.members(count, format, &random)
                    let mean = KernelRun(format, elements: [members]).result().patterns[0]
                    let isTie = isTie(members, mean, format)
                    #expect(isTie == (source == .tie), "\(source), k \(count), \(members.map(hex))")
                }
            }
        }

        private func isTie(_ members: [UInt64], _ mean: UInt64, _ format: FloatFormat) -> Bool {
            let bits = mean & format.magnitudeMask
            return [bits - 1, bits].contains { below in
                let sum = members.reduce(into: Natural()) { format.add(magnitudeOf: $1, to: &$0) }
                return sum * 2 == format.sum(below, below + 1) * members.count
            }
        }

        @Test("any length at any alignment gives the same bits and touches nothing else", arguments: FloatFormat.all)
        func lengthsAndAlignments(format: FloatFormat) {
            var random = SeededGenerator(seed: 29)
            let sources: [MemberSource] = [.nearExponents, .rawBits, .special, .farExponents]
            let elements = (0..<140).map { sources[$0 % 4].members(3, format, &random) }
            let run = KernelRun(format, elements: elements)
            let single = elements.indices.map { run.result(range: $0..<($0 + 1)) }
            Kernels.onEveryLevel { level in
                for length in Array(0...70) + [127, 128, 129, 140] {
                    let expected = KernelRun.Result(
                        patterns: single.prefix(length).flatMap(\.patterns),
                        mixed: (0..<3).map { member in single.prefix(length).reduce(0) { $0 + $1.mixed[member] } }
                    )
                    for misalignment in 0..<8 {
                        let result = run.result(misalignment: misalignment, range: 0..<length)
                        #expect(result == expected, "level \(level), length \(length), misalignment \(misalignment)")
                    }
                }
            }
        }

        @Test("the order of the members does not matter", arguments: FloatFormat.all)
        func order(format: FloatFormat) {
            var random = SeededGenerator(seed: 31)
            for source in MemberSource.allCases {
                let elements = (0..<70).map { _ in source.members(7, format, &random) }
                let shuffled = elements.map { $0.shuffled(using: &random) }
                Kernels.onEveryLevel { level in
                    let means = KernelRun(format, elements: elements).result().patterns
                    let others = KernelRun(format, elements: shuffled).result().patterns
                    #expect(means == others, "level \(level), \(source)")
                }
            }
        }

        @Test("more members than the vectors take", arguments: FloatFormat.all, [4096, 4097])
        func manyMembers(format: FloatFormat, count: Int) {
            var random = SeededGenerator(seed: 37)
            let values = MemberSource.nearExponents.members(3, format, &random).map { $0 & format.magnitudeMask }
            let members = (0..<count).map { values[$0 % 3] }
            let elements = Array(repeating: members, count: 65)
            Kernels.onEveryLevel { level in
                let result = KernelRun(format, elements: elements).result()
                let isRight = ExactMean(format: format, members: members).accepts(result.patterns[0])
                #expect(isRight, "level \(level)")
                #expect(Set(result.patterns).count == 1, "level \(level)")
            }
        }
    }
}

extension Kernels.KernelTests {
    /// Members and mean of one element; patterns are put together from parts that every format has.
    enum Rule: String, CaseIterable {
        case negativeZeros, zeros, opposite, negativeUnderflow, positiveUnderflow, underflowTie, greatest,
            leastAndGreatest
        case sameNaN, differentNaN, nanAndFinite, sameInfinity, infinityAndFinite, negativeInfinity, oppositeInfinities

        func example(_ f: FloatFormat) -> (members: [UInt64], mean: UInt64) {
            let one = f.pattern(0, exponent: f.greatestExponent / 2)
            return switch self {
            case .negativeZeros: ([f.sign, f.sign, f.sign], f.sign)
            case .zeros: ([f.sign, 0, f.sign], 0)
            case .opposite: ([one, one | f.sign, f.sign], 0)
            case .negativeUnderflow: ([f.sign | 1, f.sign, f.sign], f.sign)
            case .positiveUnderflow: ([1, f.sign, f.sign], 0)
            case .underflowTie: ([f.sign | 1, f.sign | 2, f.sign, f.sign | 3], f.sign | 2)
            case .greatest: ([f.infinity - 1, f.infinity - 1, f.infinity - 2], f.infinity - 1)
            case .leastAndGreatest: ([f.infinity - 1, f.sign | (f.infinity - 1), 2], 1)
            case .sameNaN: (Array(repeating: f.sign | f.infinity | 5, count: 3), f.sign | f.infinity | 5)
            case .differentNaN: ([f.infinity | 5, f.infinity | 5, f.infinity | 6], f.quietNaN)
            case .nanAndFinite: ([one, f.sign | f.infinity | 1, one], f.quietNaN)
            case .sameInfinity: ([f.infinity, f.infinity, f.infinity], f.infinity)
            case .infinityAndFinite: ([one | f.sign, f.infinity, f.infinity], f.infinity)
            case .negativeInfinity: ([one, f.infinity | f.sign, 0], f.infinity | f.sign)
            case .oppositeInfinities: ([f.infinity, f.infinity | f.sign, one], f.quietNaN)
            }
        }
    }

    @Test("zeros, ends of the range, infinities and NaN", arguments: FloatFormat.all, Rule.allCases)
    func rules(format: FloatFormat, rule: Rule) {
        let (members, mean) = rule.example(format)
        // leastAndGreatest has a mean of two thirds of a unit, which rounds to one.
        #expect(ExactMean(format: format, members: members).accepts(mean))
        for length in [1, 130] {
            let run = KernelRun(format, elements: Array(repeating: members, count: length))
            Kernels.onEveryLevel { level in
                #expect(run.result().patterns == Array(repeating: mean, count: length), "level \(level)")
            }
        }
    }

    @Test("counters are added to, and count only what another member has finite", arguments: FloatFormat.all)
    func mixedCounters(format: FloatFormat) {
        let elements = [
            [1, format.infinity, format.quietNaN],
            [format.infinity, format.infinity, format.quietNaN],
            [1, 2, 3],
            [format.quietNaN, 0, format.sign],
        ]
        for length in [4, 127, 129] {
            let run = KernelRun(format, elements: (0..<length).map { elements[$0 % 4] })
            Kernels.onEveryLevel { level in
                let result = run.result(mixed: [10, 20, 30])
                let firsts = UInt64((length + 3) / 4)
                #expect(result.mixed == [10 + UInt64(length / 4), 20 + firsts, 30 + firsts], "level \(level)")
            }
        }
    }

    @Test("one member is copied, whatever its bits", arguments: FloatFormat.all)
    func oneMember(format: FloatFormat) {
        let patterns = [0, 1, format.sign, format.infinity, format.infinity | 1, format.magnitudeMask]
        let result = KernelRun(format, elements: patterns.map { [$0] }).result()
        #expect(result == KernelRun.Result(patterns: patterns, mixed: [0]))
    }

    @Test("complex elements are two components each")
    func complexElements() {
        let members: [[Float]] = [[1, -2, 3, 4], [2, -4, 3, 8]]
        var mean = [Float](repeating: 0, count: 4)
        var mixed: [UInt64] = [0, 0]
        members[0].withUnsafeBytes { first in
            members[1].withUnsafeBytes { second in
                let sources = [first, second].compactMap(\.baseAddress)
                sources.withUnsafeBufferPointer { sources in
                    mean.withUnsafeMutableBytes { mean in
                        mixed.withUnsafeMutableBufferPointer { mixed in
                            MeanKernel.mean(
                                of: .c64,
                                sources: sources,
                                elementCount: 2,
                                into: mean,
                                mixedNonFinite: mixed
                            )
                        }
                    }
                }
            }
        }
        #expect(mean == [1.5, -3, 3, 6])
    }

    @Test("sources are identical only if every byte of every source is")
    func identical() {
        let length = 100
        for changed in [nil, 0, 57, 99] as [Int?] {
            var last = [UInt8](repeating: 7, count: length)
            if let changed { last[changed] = 8 }
            let bytes = [UInt8](repeating: 7, count: length) + [UInt8](repeating: 7, count: length) + last
            bytes.withUnsafeBytes { bytes in
                let sources = bytes.baseAddress.map { base in (0..<3).map { base + $0 * length } } ?? []
                sources.withUnsafeBufferPointer { sources in
                    #expect(MeanKernel.areIdentical(sources, byteCount: length) == (changed == nil))
                    #expect(MeanKernel.areIdentical(sources, byteCount: 0))
                }
            }
        }
    }

    @Test("the members made to be hard to round, as computed with integers elsewhere")
    func roundingFixture() throws {
        let directory = FilePath(#filePath).removingLastComponent().appending("Fixtures/rounding")
        let expected = try TensorFile(directory.appending("expected/expected.safetensors"))
        let members = try stride(from: 20, through: 60, by: 10).map { step in
            try TensorFile(directory.appending("run/step_\(step).safetensors"))
        }
        #expect(expected.tensors.count == 23)
        for (name, tensor) in expected.tensors {
            let format = try #require(FloatFormat.all.first { $0.type == tensor.type })
            let patterns = try members.map { try #require($0.tensors[name]?.patterns) }
            let elements = tensor.patterns.indices.map { index in patterns.map { $0[index] } }
            Kernels.onEveryLevel { level in
                let result = KernelRun(format, elements: elements).result()
                #expect(result.patterns == tensor.patterns, "\(name), level \(level)")
            }
        }
    }
}
