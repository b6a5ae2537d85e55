/// Tells whether a pattern is the correctly rounded mean of others, without computing the mean: no division, no rounding.
///
/// A magnitude r is the nearest to S/d, where d is the sum of the weights, if d(r + r-) <= 2S <= d(r + r+), where r- and
/// r+ are its neighbours; on a boundary the even one of both is right. Infinity stands for all from the boundary on that
/// the largest finite number has with the next power of two.
struct ExactMean {
    let format: FloatFormat
    let members: [UInt64]
    let weights: [Int32]
    private let divisor: Int
    private let sum: (magnitude: Natural, isNegative: Bool)

    init(format: FloatFormat, members: [UInt64], weights: [Int32]? = nil) {
        let weights = weights ?? Array(repeating: 1, count: members.count)
        self.format = format
        self.members = members
        self.weights = weights
        divisor = weights.reduce(0) { $0 + Int($1) }
        var positive = Natural()
        var negative = Natural()
        for (member, weight) in zip(members, weights) where format.isFinite(member) {
            if (member & format.sign == 0) == (weight > 0) {
                format.add(magnitudeOf: member, times: weight.magnitude, to: &positive)
            } else {
                format.add(magnitudeOf: member, times: weight.magnitude, to: &negative)
            }
        }
        sum = (Natural.distance(positive, negative), positive < negative)
    }

    /// Whether `pattern` is what the rules ask for.
    func accepts(_ pattern: UInt64) -> Bool {
        if members.allSatisfy({ $0 == members[0] }) { return pattern == members[0] }
        if let special { return pattern == special }
        guard !format.isNaN(pattern) else { return false }
        if sum.magnitude.isZero {
            let isNegativeZero = zip(members, weights).allSatisfy { member, weight in
                isNegative(member, weight) && member & format.magnitudeMask == 0
            }
            return pattern == (isNegativeZero ? format.sign : 0)
        }
        guard (pattern & format.sign != 0) == sum.isNegative else { return false }
        return isNearest(pattern & format.magnitudeMask, to: sum.magnitude)
    }

    /// The number of elements, 0 or 1, that count against a member.
    func mixed(_ member: Int) -> UInt64 {
        !format.isFinite(members[member]) && members.contains(where: format.isFinite) ? 1 : 0
    }

    private func isNegative(_ member: UInt64, _ weight: Int32) -> Bool {
        (member & format.sign != 0) != (weight < 0)
    }

    private var special: UInt64? {
        let terms = zip(members, weights).map { $0 & format.magnitudeMask | (isNegative($0, $1) ? format.sign : 0) }
        let infinities = Set(terms.filter { $0 & format.magnitudeMask == format.infinity })
        if infinities.count == 2 || members.contains(where: format.isNaN) { return format.quietNaN }
        return infinities.first
    }

    private func isNearest(_ pattern: UInt64, to sum: Natural) -> Bool {
        let twice = sum * 2
        let isEven = pattern % 2 == 0
        // The pattern above the largest finite one is read as the next power of two.
        if pattern < format.infinity {
            let upper = format.sum(pattern, pattern + 1) * divisor
            guard twice < upper || (isEven && twice == upper) else { return false }
        }
        guard pattern > 0 else { return true }
        let lower = format.sum(pattern - 1, pattern) * divisor
        return lower < twice || (isEven && lower == twice)
    }
}
