/// A natural number of any size, with just the arithmetic that proves a rounding right.
struct Natural: Equatable, Comparable {
    /// Digits to the base 2^32, lowest first, the highest not zero.
    private var digits: [UInt32] = []

    var isZero: Bool { digits.isEmpty }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    static func < (a: Natural, b: Natural) -> Bool {
        guard a.digits.count == b.digits.count else { return a.digits.count < b.digits.count }
        for index in a.digits.indices.reversed() where a.digits[index] != b.digits[index] {
            return a.digits[index] < b.digits[index]
        }
        return false
    }

    /// Adds value * 2^shift.
    mutating func add(_ value: UInt64, shiftedBy shift: Int) {
        var rest = UInt128(value) << UInt128(shift % 32)
        var index = shift / 32
        while rest != 0 {
            while index >= digits.count { digits.append(0) }
            rest += UInt128(digits[index])
            digits[index] = UInt32(truncatingIfNeeded: rest)
            rest >>= 32
            index += 1
        }
    }

    /// The difference of two numbers, whichever is greater.
    static func distance(_ a: Natural, _ b: Natural) -> Natural {
        var (result, smaller) = a < b ? (b, a) : (a, b)
        smaller.digits += Array(repeating: 0, count: result.digits.count - smaller.digits.count)
        var borrow: Int64 = 0
        for index in result.digits.indices {
            let digit = Int64(result.digits[index]) - Int64(smaller.digits[index]) + borrow
            result.digits[index] = UInt32(truncatingIfNeeded: digit)
            borrow = digit >> 32
        }
        result.trim()
        return result
    }

    static func * (a: Natural, factor: Int) -> Natural {
        var result = a
        var carry: UInt128 = 0
        for index in result.digits.indices {
            carry += UInt128(result.digits[index]) * UInt128(factor)
            result.digits[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        while carry != 0 {
            result.digits.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        return result
    }
}
