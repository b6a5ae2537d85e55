import TensorFormats

/// A model whose weights are a function of the step, so that the mean of any steps is known without the program.
///
/// Every number is a small integer times a power of two: sums are exact in any order, so a mean is one division and one
/// rounding.
struct SyntheticModel: Sendable {
    /// A tensor; its rows all hold the same numbers, so that large ones are quickly made.
    struct Tensor: Sendable {
        var name: String
        var type: ElementType
        var rows: Int
        var columns: Int
    }

    /// In the order of the file.
    var tensors = [
        Tensor(name: "embed.weight", type: .f32, rows: 2, columns: 333),
        Tensor(name: "layers.0.weight", type: .bf16, rows: 1, columns: 129),
        Tensor(name: "layers.0.bias", type: .f32, rows: 1, columns: 7),
        Tensor(name: "steps_seen", type: .i64, rows: 1, columns: 2),
    ]

    /// Steps whose weights diverged: the first element of the second tensor is NaN.
    var diverged: Set<Int> = []

    /// The header of a file with these tensors.
    var header: [UInt8] {
        SafetensorsHeader.encode(
            tensors: tensors.map { ($0.name, $0.type, [$0.rows, $0.columns]) },
            metadata: [("format", "pt")]
        )
    }

    /// The bytes of a file behind its header, with the weights of one step.
    func payload(step: Int) -> [UInt8] {
        var bytes = payload(meanOf: [step])
        if diverged.contains(step) {
            let offset = tensors[0].rows * tensors[0].columns * tensors[0].type.bitCount / 8
            bytes.replaceSubrange(offset..<offset + 2, with: [0xC0, 0x7F])
        }
        return bytes
    }

    /// A whole file with the weights of one step.
    func file(step: Int) -> [UInt8] {
        header + payload(step: step)
    }

    /// A whole file with the mean of some steps; integers are those of the last.
    func file(meanOf steps: [Int]) -> [UInt8] {
        header + payload(meanOf: steps)
    }

    private func payload(meanOf steps: [Int]) -> [UInt8] {
        tensors.enumerated().flatMap { index, tensor in
            let row = (0..<tensor.columns).flatMap { column -> [UInt8] in
                let salt = index << 32 | column
                if tensor.type == .i64 { return Self.littleEndian(Int64(steps[steps.count - 1] + column)) }
                let range = tensor.type == .f32 ? 1 << 23 : 1 << 7
                let sum = steps.reduce(0) { $0 + Self.number(step: $1, salt: salt, range: range) }
                let mean = Double(sum) / Double(steps.count)
                return tensor.type == .f32
                    ? Self.littleEndian(Float(mean / 1024).bitPattern) : Self.littleEndian(Self.brainFloat(mean / 16))
            }
            return Array(repeatElement(row, count: tensor.rows).joined())
        }
    }

    /// An integer from -range to range that looks random (the finalizer of SplitMix64).
    private static func number(step: Int, salt: Int, range: Int) -> Int {
        var value = UInt64(truncatingIfNeeded: step &* 0x9E37_79B9 &+ salt) &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(2 * range)) - range
    }

    /// The nearest number of eight significant bits, ties to even, as bf16.
    private static func brainFloat(_ value: Double) -> UInt16 {
        guard value != 0 else { return 0 }
        let unit = Double(sign: .plus, exponent: value.exponent - 7, significand: 1)
        return UInt16(Float((value / unit).rounded(.toNearestOrEven) * unit).bitPattern >> 16)
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
