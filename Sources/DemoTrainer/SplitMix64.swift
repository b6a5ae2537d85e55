/// A small seeded generator, so that every run of the demo is the same run on every machine.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (the SplitMix64 mix).
struct SplitMix64: RandomNumberGenerator {
    /// Where in its sequence the generator is.
    private(set) var state: UInt64

    /// Starts the sequence that belongs to `seed`.
    init(seed: UInt64) {
        state = seed
    }

    /// Returns the next 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Returns a number in 0 ..< 1, a multiple of 2^-24.
    mutating func nextUniform() -> Float {
        Float(next() >> 40) / 16_777_216
    }

    /// Returns a number of mean 0 and variance 1, close to normally distributed and always within ±6.
    ///
    /// The sum of twelve uniform numbers needs no logarithm or cosine, whose last bit differs between C libraries.
    mutating func nextNormal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 {
            sum += nextUniform()
        }
        return sum
    }
}
