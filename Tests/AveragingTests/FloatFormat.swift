import TensorFormats
import Testing

/// The parts of a binary floating-point pattern.
struct FloatFormat: Sendable, CustomTestStringConvertible {
    let type: ElementType
    let bitCount: Int
    let fractionBitCount: Int

    static let all = [
        FloatFormat(type: .f64, bitCount: 64, fractionBitCount: 52),
        FloatFormat(type: .f32, bitCount: 32, fractionBitCount: 23),
        FloatFormat(type: .f16, bitCount: 16, fractionBitCount: 10),
        FloatFormat(type: .bf16, bitCount: 16, fractionBitCount: 7),
    ]

    var byteCount: Int { bitCount / 8 }
    var sign: UInt64 { 1 << (bitCount - 1) }
    var magnitudeMask: UInt64 { sign - 1 }
    var hidden: UInt64 { 1 << fractionBitCount }
    var infinity: UInt64 { magnitudeMask & ~(hidden - 1) }
    var quietNaN: UInt64 { infinity | hidden >> 1 }
    var greatestExponent: Int { Int(infinity >> UInt64(fractionBitCount)) }
    var testDescription: String { type.rawValue }

    func isFinite(_ pattern: UInt64) -> Bool { pattern & magnitudeMask < infinity }
    func isNaN(_ pattern: UInt64) -> Bool { pattern & magnitudeMask > infinity }

    /// The pattern with another exponent field.
    func pattern(_ bits: UInt64, exponent: Int) -> UInt64 {
        bits & (sign | (hidden - 1)) | UInt64(exponent) << UInt64(fractionBitCount)
    }

    /// The pattern of a whole number of at most `fractionBitCount + 1` bits, times 2^scale units, where one
    /// unit is the weight of the lowest fraction bit at exponent field 1.
    func pattern(whole: UInt64, scale: Int) -> UInt64 {
        guard whole != 0 else { return 0 }
        let shift = fractionBitCount - (63 - whole.leadingZeroBitCount)
        return (UInt64(scale + 1 - shift) << UInt64(fractionBitCount)) + (whole << UInt64(shift)) - hidden
    }

    /// Adds the magnitude of a finite pattern some times, as a multiple of the smallest subnormal.
    func add(magnitudeOf pattern: UInt64, times factor: UInt32 = 1, to sum: inout Natural) {
        let bits = pattern & magnitudeMask
        let field = Int(bits >> UInt64(fractionBitCount))
        let significand = bits & (hidden - 1) | (field > 0 ? hidden : 0)
        sum.add((significand & 0xFFFF_FFFF) * UInt64(factor), shiftedBy: max(field, 1) - 1)
        sum.add((significand >> 32) * UInt64(factor), shiftedBy: max(field, 1) - 1 + 32)
    }

    /// Twice the number halfway between two patterns, as a multiple of the smallest subnormal.
    func sum(_ a: UInt64, _ b: UInt64) -> Natural {
        var sum = Natural()
        add(magnitudeOf: a, to: &sum)
        add(magnitudeOf: b, to: &sum)
        return sum
    }
}
