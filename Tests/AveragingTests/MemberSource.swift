import TestSupport

/// Ways to choose the members of one element, each hard for some step of a kernel.
enum MemberSource: String, CaseIterable, Sendable {
    case rawBits, nearExponents, farExponents, subnormal, nearMax, cancelling, special, tie, nearTie, nearestTie

    /// The patterns of `count` members.
    func members(_ count: Int, _ format: FloatFormat, _ random: inout SeededGenerator) -> [UInt64] {
        switch self {
        case .rawBits: (0..<count).map { _ in random.next() >> UInt64(64 - format.bitCount) }
        case .nearExponents: exponents(within: 3, count, format, &random)
        case .farExponents: exponents(within: format.greatestExponent / 4 + 20, count, format, &random)
        case .subnormal: subnormals(count, format, &random)
        case .nearMax:
            (0..<count).map { _ in finite(format.greatestExponent - 3...format.greatestExponent - 1, format, &random) }
        case .cancelling: cancelling(count, format, &random)
        case .special: special(count, format, &random)
        case .tie: Self.tie(count, format, .exactly, &random)
        case .nearTie: Self.tie(count, format, .byLastPlace, &random)
        case .nearestTie: Self.tie(count, format, .byFarMember, &random)
        }
    }

    private func finite(_ range: ClosedRange<Int>, _ format: FloatFormat, _ random: inout SeededGenerator) -> UInt64 {
        format.pattern(random.next() >> UInt64(64 - format.bitCount), exponent: .random(in: range, using: &random))
    }

    private func exponents(
        within span: Int,
        _ count: Int,
        _ format: FloatFormat,
        _ random: inout SeededGenerator
    ) -> [UInt64] {
        let low = Int.random(in: 0..<format.greatestExponent, using: &random)
        let range = low...min(low + span, format.greatestExponent - 1)
        return (0..<count).map { _ in finite(range, format, &random) }
    }

    private func subnormals(_ count: Int, _ format: FloatFormat, _ random: inout SeededGenerator) -> [UInt64] {
        let short = UInt64.random(in: 0...1, using: &random) == 0 ? 3 : format.hidden - 1
        return (0..<count).map { _ in
            let bits = finite(0...1, format, &random)
            return bits & (format.sign | short | (short > 3 ? format.hidden : 0))
        }
    }

    private func cancelling(_ count: Int, _ format: FloatFormat, _ random: inout SeededGenerator) -> [UInt64] {
        var members = exponents(within: 40, count, format, &random)
        for index in members.indices.dropFirst() where Bool.random(using: &random) {
            let step: UInt64 = members[index - 1] & format.magnitudeMask > 0 ? .random(in: 0...1, using: &random) : 0
            members[index] = (members[index - 1] ^ format.sign) - step
        }
        return members
    }

    private func special(_ count: Int, _ format: FloatFormat, _ random: inout SeededGenerator) -> [UInt64] {
        let middle = format.greatestExponent / 2
        let negative = Bool.random(using: &random) ? format.sign : 0
        return (0..<count).map { _ in
            switch Int.random(in: 0..<12, using: &random) {
            case 0 where count < 20: format.infinity | negative
            case 1 where count < 10: format.quietNaN | random.next() >> UInt64(64 - format.fractionBitCount)
            case 2: format.infinity | (Bool.random(using: &random) ? negative : 0)
            case 3...5: 0
            case 6...9: format.sign
            default: finite(middle...(middle + 1), format, &random)
            }
        }
    }

    private enum Nearness {
        case exactly, byLastPlace, byFarMember
    }

    /// Members whose mean is halfway between two neighbours, or off it by little: by the last place of one member, or by
    /// one member that is far smaller than the others.
    ///
    /// All are whole numbers of half a last place of the mean M, which is odd. They come in pairs at equal distances from
    /// M, in threes of a one and two large numbers, and in fours of a zero and three large numbers. Of an odd number
    /// below 2^p, or an even one below 2^(p+1), a type of p bits keeps every bit.
    private static func tie(
        _ count: Int,
        _ format: FloatFormat,
        _ nearness: Nearness,
        _ random: inout SeededGenerator
    ) -> [UInt64] {
        guard count > 1 else { return [random.next() % format.infinity] }
        let middle = (format.hidden * 2 + random.next() % (format.hidden / 2)) | 1
        let hasFar = nearness == .byFarMember && count >= 4 && count != 5
        var wholes: [UInt64] = []
        if hasFar {
            let large = (0..<2).map { _ in (middle * 4 / 3 - random.next() % (format.hidden / 8)) & ~1 }
            wholes += [0, large[0], large[1], middle * 4 - large[0] - large[1]]
        }
        if (count - wholes.count) % 2 == 1 {
            let large = ((middle * 3 - 1) / 2 - random.next() % (format.hidden / 8)) & ~1
            wholes += [1, large, middle * 3 - 1 - large]
        }
        while wholes.count < count {
            let distance = (random.next() % (format.hidden / 4)) | 1
            wholes += [middle - distance, middle + distance]
        }
        var members = wholes.map { pattern(half: $0, format) }
        if hasFar {
            let exponent = max(0, format.greatestExponent / 2 - Int.random(in: 0..<120, using: &random))
            members[0] = format.pattern(random.next() >> UInt64(64 - format.bitCount), exponent: exponent)
        } else if nearness != .exactly {
            members[0] = Bool.random(using: &random) ? members[0] + 1 : members[0] - 1
        }
        let negative = Bool.random(using: &random) ? format.sign : 0
        return members.map { $0 ^ negative }.shuffled(using: &random)
    }

    private static func pattern(half whole: UInt64, _ format: FloatFormat) -> UInt64 {
        let scale = format.greatestExponent / 2
        return whole % 2 == 1
            ? format.pattern(whole: whole, scale: scale) : format.pattern(whole: whole / 2, scale: scale + 1)
    }
}
