import TensorFormats
import TestSupport
import Testing

extension Kernels {
    @Suite struct KernelSpanTests {
        /// Six members, four of which have a mean 3/2 of one halfway between two neighbours; the other two are far smaller
        /// and all but cancel, so that one unit in the last place of theirs says to which side the mean is rounded.
        ///
        /// A sum that loses that unit is taken for a tie. In every element of a run the small members are as far below the
        /// others: the kernels take blocks, and a block with one element out of their reach goes another way as a whole.
        private func members(_ format: FloatFormat, distance: Int, _ random: inout SeededGenerator) -> [UInt64] {
            let scale = format.type == .f16 ? 16 : format.greatestExponent / 2
            let middle = (format.hidden * 2 + random.next() % (format.hidden / 2)) | 1
            var wholes = (0..<3).map { _ in (middle * 3 / 2 - random.next() % (format.hidden / 32)) & ~1 }
            wholes.append(middle * 6 - wholes.reduce(0, +))
            let exponent = max(1, scale + format.fractionBitCount + 2 - distance)
            let negative = Bool.random(using: &random) ? format.sign : 0
            let small = format.pattern(random.next() % (format.hidden - 1) | negative, exponent: exponent)
            var members = wholes.map { format.pattern(whole: $0 / 2, scale: scale + 1) }
            members.insert(small, at: 0)
            members.insert((small ^ format.sign) + 1, at: 2)
            return members
        }

        private static let weights: [[Int32]?] = [nil, [3, 3, 3, 3, 3, 3], Array(repeating: 1 << 24 - 1, count: 6)]

        @Test("sums are taken for exact only where they are", arguments: FloatFormat.all, weights)
        func spans(format: FloatFormat, weights: [Int32]?) {
            var random = SeededGenerator(seed: 67)
            for distance in 1...(format.type == .f16 ? 26 : 80) {
                let elements = (0..<64).map { _ in members(format, distance: distance, &random) }
                let run = KernelRun(format, elements: elements)
                Kernels.onEveryLevel { level in
                    let result = run.result(weights: weights)
                    let right = zip(elements, result.patterns).count { members, pattern in
                        ExactMean(format: format, members: members).accepts(pattern)
                    }
                    #expect(right == elements.count, "level \(level), distance \(distance)")
                }
            }
        }
    }
}
