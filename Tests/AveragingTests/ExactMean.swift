/// Tells whether a pattern is the correctly rounded mean of others, without computing the mean: no division, no rounding.
///
/// A magnitude r is the nearest to S/k if k(r + r-) <= 2S <= k(r + r+), where r- and r+ are its neighbours; on a boundary
/// the even one of both is right.
struct ExactMean {
    let format: FloatFormat
    let members: [UInt64]
    private let sum: (magnitude: Natural, isNegative: Bool)

    init(format: FloatFormat, members: [UInt64]) {
        self.format = format
        self.members = members
        var positive = Natural()
        var negative = Natural()
        for member in members where format.isFinite(member) {
            if member & format.sign == 0 {
                format.add(magnitudeOf: member, to: &positive)
            } else {
                format.add(magnitudeOf: member, to: &negative)
            }
        }
        sum = (Natural.distance(positive, negative), positive < negative)
    }

    /// Whether `pattern` is what the rules ask for.
    func accepts(_ pattern: UInt64) -> Bool {
        if members.allSatisfy({ $0 == members[0] }) { return pattern == members[0] }
        if let special { return pattern == special }
        guard format.isFinite(pattern) else { return false }
        if sum.magnitude.isZero { return pattern == 0 }
        guard (pattern & format.sign != 0) == sum.isNegative else { return false }
        return isNearest(pattern & format.magnitudeMask, to: sum.magnitude)
    }

    /// The number of elements, 0 or 1, that count against a member.
    func mixed(_ member: Int) -> UInt64 {
        !format.isFinite(members[member]) && members.contains(where: format.isFinite) ? 1 : 0
    }

    private var special: UInt64? {
        let infinities = Set(members.filter { $0 & format.magnitudeMask == format.infinity })
        if infinities.count == 2 || members.contains(where: format.isNaN) { return format.quietNaN }
        return infinities.first
    }

    private func isNearest(_ pattern: UInt64, to sum: Natural) -> Bool {
        let twice = sum * 2
        let isEven = pattern % 2 == 0
        // The pattern above the largest finite one is read as the next power of two.
        let upper = format.sum(pattern, pattern + 1) * members.count
        guard twice < upper || (isEven && twice == upper) else { return false }
        guard pattern > 0 else { return true }
        let lower = format.sum(pattern - 1, pattern) * members.count
        return lower < twice || (isEven && lower == twice)
    }
}
