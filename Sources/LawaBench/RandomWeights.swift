import CBench

/// The numbers of a series of checkpoints: N(0, 0.02) that all have in common, and what training moved each by since.
///
/// Drawing every number would take far longer than writing it, so numbers come from a pool of 2^20 normal ones, read from
/// a pseudo-random place for every block; the common part and the move have places of their own.
struct RandomWeights: Sendable {
    /// The numbers of one block, the most that `encode` writes at once.
    static let blockCount = 1 << 17

    private static let poolCount = 1 << 20
    private let pool: [Float]
    private let seed: UInt64
    private let drift: Float

    /// Draws the pool.
    ///
    /// - Parameters:
    ///   - seed: Whatever tells this series from others.
    ///   - drift: How far one checkpoint is from the next, as a standard deviation.
    init(seed: UInt64, drift: Float) {
        self.seed = seed
        self.drift = drift
        var state = seed
        pool = (0..<Self.poolCount).map { _ in Self.normal(&state) * 0.02 }
    }

    /// Writes the numbers of one block of a member, as elements of a type.
    ///
    /// - Parameters:
    ///   - block: Which block of `blockCount` numbers of the series.
    ///   - member: Which checkpoint; 0 is the oldest.
    ///   - count: How many of its numbers.
    ///   - destination: Room for them.
    func encode(
        block: Int,
        member: Int,
        count: Int,
        as element: Element,
        into destination: UnsafeMutableRawBufferPointer
    ) {
        precondition(count <= Self.blockCount && destination.count >= count * element.byteCount)
        guard let target = destination.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        // A random walk of n steps is sqrt(n) of them away; the pool's numbers are 0.02 wide.
        let scale = drift / 0.02 * Float(member).squareRoot()
        pool.withUnsafeBufferPointer { pool in
            guard let start = pool.baseAddress else { return }
            bench_encode(
                element.encodedElement,
                start + place(block, 0),
                start + place(block, member + 1),
                scale,
                count,
                target
            )
        }
    }

    private func place(_ block: Int, _ stream: Int) -> Int {
        var state = seed ^ (UInt64(block) << 16 | UInt64(stream))
        return Int(Self.next(&state) % UInt64(Self.poolCount - Self.blockCount))
    }

    /// A number of mean 0 and variance 1: the sum of twelve uniform ones.
    private static func normal(_ state: inout UInt64) -> Float {
        (0..<12).reduce(Float(-6)) { sum, _ in sum + Float(next(&state) >> 40) / 16_777_216 }
    }

    /// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
