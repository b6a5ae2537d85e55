import Averaging
import TestSupport
import Testing

extension Kernels {
    @Suite struct KernelWeightTests {
        /// Ways to choose weights, from those that leave the vectors most room to those that leave them least.
        enum WeightSource: CaseIterable {
            case equal, ascending, decaying, large, negative, cancelling

            func weights(_ count: Int, _ random: inout SeededGenerator) -> [Int32] {
                let greatest: Int32 = 1 << 24 - 1
                return switch self {
                case .equal: Array(repeating: .random(in: 1...greatest, using: &random), count: count)
                case .ascending: (1...Int32(count)).map { $0 }
                case .decaying: (0..<count).map { Int32(max(1, 0.9.power($0) * Double(greatest))) }
                case .large: (0..<count).map { _ in .random(in: 1...greatest, using: &random) }
                case .negative: [greatest] + (1..<count).map { _ in .random(in: -9...(-1), using: &random) }
                case .cancelling: (0..<count).map { $0 == 0 ? greatest : $0 % 2 == 0 ? greatest - 1 : 1 - greatest }
                }
            }
        }

        @Test("every weighted mean is the nearest", arguments: FloatFormat.all, MemberSource.allCases)
        func nearest(format: FloatFormat, source: MemberSource) {
            var random = SeededGenerator(seed: 43)
            for count in [1, 2, 3, 5, 7, 20, 65] {
                for weightSource in WeightSource.allCases {
                    let weights = weightSource.weights(count, &random)
                    let elements = (0..<(count > 10 ? 67 : 130)).map { _ in source.members(count, format, &random) }
                    let run = KernelRun(format, elements: elements)
                    var reference: KernelRun.Result?
                    Kernels.onEveryLevel { level in
                        let result = run.result(weights: weights)
                        if reference == nil { check(result, format, elements, weights) }
                        #expect(result == reference ?? result, "level \(level), k \(count), \(weightSource)")
                        reference = result
                    }
                }
            }
        }

        private func check(
            _ result: KernelRun.Result,
            _ format: FloatFormat,
            _ elements: [[UInt64]],
            _ weights: [Int32]
        ) {
            var mixed = [UInt64](repeating: 0, count: weights.count)
            for (members, pattern) in zip(elements, result.patterns) {
                let exact = ExactMean(format: format, members: members, weights: weights)
                let isRight = exact.accepts(pattern)
                let terms = zip(members, weights).prefix(10).map { "\($1)*\(hex($0))" }
                #expect(isRight, "\(hex(pattern)) as the mean of \(terms), k \(members.count)")
                #expect(!exact.accepts(pattern ^ 1), "the proof accepts both \(hex(pattern)) and its neighbour")
                for index in members.indices { mixed[index] += exact.mixed(index) }
            }
            #expect(result.mixed == mixed)
        }

        private func hex(_ pattern: UInt64) -> String { String(pattern, radix: 16) }

        @Test("any length at any alignment gives the same bits and touches nothing else", arguments: FloatFormat.all)
        func cuts(format: FloatFormat) {
            var random = SeededGenerator(seed: 47)
            let sources: [MemberSource] = [.nearExponents, .rawBits, .special, .farExponents]
            let elements = (0..<140).map { sources[$0 % 4].members(3, format, &random) }
            let weights: [Int32] = [3, -1, 70_000]
            let run = KernelRun(format, elements: elements)
            let single = elements.indices.map { run.result(range: $0..<($0 + 1), weights: weights) }
            Kernels.onEveryLevel { level in
                for length in Array(0...9) + [15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 140] {
                    let expected = KernelRun.Result(
                        patterns: single.prefix(length).flatMap(\.patterns),
                        mixed: (0..<3).map { member in single.prefix(length).reduce(0) { $0 + $1.mixed[member] } }
                    )
                    for misalignment in 0..<8 {
                        let result = run.result(misalignment: misalignment, range: 0..<length, weights: weights)
                        #expect(result == expected, "level \(level), length \(length), misalignment \(misalignment)")
                    }
                }
            }
        }

        @Test("weights that are all alike give the mean", arguments: FloatFormat.all, [1, 3, 1 << 24 - 1] as [Int32])
        func alike(format: FloatFormat, weight: Int32) {
            var random = SeededGenerator(seed: 53)
            for source in MemberSource.allCases {
                let run = KernelRun(format, elements: (0..<70).map { _ in source.members(6, format, &random) })
                Kernels.onEveryLevel { level in
                    let weighted = run.result(weights: Array(repeating: weight, count: 6))
                    #expect(weighted == run.result(), "level \(level), \(source)")
                }
            }
        }

        @Test("more members than the vectors take", arguments: FloatFormat.all, [4096, 4097])
        func manyMembers(format: FloatFormat, count: Int) {
            var random = SeededGenerator(seed: 59)
            let values = MemberSource.nearExponents.members(3, format, &random)
            let members = (0..<count).map { values[$0 % 3] }
            let weights = (0..<Int32(count)).map { $0 % 5 == 4 ? -77 : 16_777_215 - $0 }
            Kernels.onEveryLevel { level in
                let result = KernelRun(format, elements: Array(repeating: members, count: 65)).result(weights: weights)
                let isRight = ExactMean(format: format, members: members, weights: weights).accepts(result.patterns[0])
                #expect(isRight, "level \(level)")
                #expect(Set(result.patterns).count == 1, "level \(level)")
            }
        }
    }
}

extension Kernels.KernelWeightTests {
    /// Members, weights and mean of one element; patterns are put together from parts that every format has.
    enum Rule: String, CaseIterable {
        case negativeZeros, zeroTerms, negativeZeroTerms, cancelled, underflow, underflowTie, overflow, overflowTie,
            belowOverflow, greatest
        case sameNaN, nan, sameInfinity, infinity, turnedInfinity, oppositeInfinities, oppositeTerms

        func example(_ f: FloatFormat) -> (members: [UInt64], weights: [Int32], mean: UInt64) {
            let (one, greatest) = (f.pattern(0, exponent: f.greatestExponent / 2), f.infinity - 1)
            let spread: [Int32] = [2, -1]
            return switch self {
            case .negativeZeros: ([f.sign, f.sign], spread, f.sign)
            case .zeroTerms: ([f.sign, f.sign, 0], [2, -1, 1], 0)
            case .negativeZeroTerms: ([f.sign, 0], spread, f.sign)
            case .cancelled: ([one, one, f.sign], [1, -1, 1], 0)
            case .underflow: ([1, 0, 0], [-1, 2, 2], f.sign)
            case .underflowTie: ([3, 0], [1, 1], 2)
            case .overflow: ([greatest, greatest | f.sign], spread, f.infinity)
            // The mean is the largest number and half, or a third, of its last place.
            case .overflowTie: ([greatest, greatest - 1], [3, -1], f.infinity)
            case .belowOverflow: ([greatest, greatest - 1], [4, -1], greatest)
            case .greatest: ([greatest, greatest - 1], [1 << 23, 1 << 23], greatest - 1)
            case .sameNaN: ([f.infinity | 5, f.infinity | 5], spread, f.infinity | 5)
            case .nan: ([one, f.sign | f.infinity | 1], spread, f.quietNaN)
            case .sameInfinity: ([f.infinity, f.infinity], spread, f.infinity)
            case .infinity: ([f.infinity, one], spread, f.infinity)
            case .turnedInfinity: ([one, f.infinity], spread, f.infinity | f.sign)
            case .oppositeInfinities: ([f.infinity, f.infinity | f.sign], [1, 1], f.quietNaN)
            case .oppositeTerms: ([f.infinity, f.infinity, one], [2, -1, 1], f.quietNaN)
            }
        }
    }

    @Test("zeros, ends of the range, infinities and NaN", arguments: FloatFormat.all, Rule.allCases)
    func rules(format: FloatFormat, rule: Rule) {
        let (members, weights, mean) = rule.example(format)
        #expect(ExactMean(format: format, members: members, weights: weights).accepts(mean))
        for length in [1, 130] {
            let run = KernelRun(format, elements: Array(repeating: members, count: length))
            Kernels.onEveryLevel { level in
                #expect(Set(run.result(weights: weights).patterns) == [mean], "level \(level), length \(length)")
            }
        }
    }

    @Test("counters are added to, and count only what another member has finite", arguments: FloatFormat.all)
    func mixedCounters(format: FloatFormat) {
        let elements = [[1, format.infinity, format.quietNaN], [format.quietNaN, format.infinity, format.infinity]]
        let run = KernelRun(format, elements: (0..<130).map { elements[$0 % 2] })
        Kernels.onEveryLevel { level in
            let result = run.result(mixed: [10, 20, 30], weights: [7, -3, 1])
            #expect(result.mixed == [10, 85, 95], "level \(level)")
        }
    }
}

extension Double {
    fileprivate func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * self } }
}
