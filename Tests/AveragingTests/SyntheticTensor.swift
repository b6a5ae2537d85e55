import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// A tensor of a made-up model, with its bytes.
struct SyntheticTensor: Sendable {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: [UInt8]

    init(_ name: String, _ type: ElementType, _ shape: [Int], bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// A vector of 32-bit floats.
    init(_ name: String, _ values: [Float]) {
        self.init(name, patterns: values.map { UInt64($0.bitPattern) }, type: .f32)
    }

    /// A vector of the numbers of a float type, given as patterns.
    init(_ name: String, patterns: [UInt64], type: ElementType) {
        let width = type.bitCount / 8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(patterns.count * width)
        for pattern in patterns {
            for shift in stride(from: UInt64(0), to: UInt64(8 * width), by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: pattern >> shift))
            }
        }
        self.init(name, type, [patterns.count], bytes: bytes)
    }

    /// Random content: numbers of ordinary size for float types, any bytes for the others.
    static func random(
        _ name: String,
        _ type: ElementType,
        _ shape: [Int],
        _ random: inout SeededGenerator
    ) -> SyntheticTensor {
        let byteCount = shape.reduce(1, *) * type.bitCount / 8
        guard let format = format(of: type) else {
            let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            return SyntheticTensor(name, type, shape, bytes: bytes)
        }
        let middle = format.greatestExponent / 2
        let patterns = (0..<(byteCount / format.byteCount)).map { _ in
            format.pattern(
                random.next() >> UInt64(64 - format.bitCount),
                exponent: .random(in: middle - 3...middle, using: &random)
            )
        }
        return SyntheticTensor(
            name,
            type,
            shape,
            bytes: SyntheticTensor("", patterns: patterns, type: format.type).bytes
        )
    }

    /// The parts of the numbers that are averaged; nil for what is copied.
    static func format(of type: ElementType) -> FloatFormat? {
        FloatFormat.all.first { $0.type == type.averagedComponent }
    }

    /// How many numbers there are; both components of a complex one count.
    var patternCount: Int { Self.format(of: type).map { bytes.count / $0.byteCount } ?? 0 }

    /// One number as a pattern.
    func pattern(_ index: Int) -> UInt64 {
        let width = bytes.count / patternCount
        return bytes[(index * width)..<((index + 1) * width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// A safetensors file of tensors; `padding` spaces follow the header, which is not aligned then.
    static func file(_ tensors: [SyntheticTensor], padding: Int? = nil) -> [UInt8] {
        var header = SafetensorsHeader.encode(tensors: tensors.map { ($0.name, $0.type, $0.shape) })
        if let padding {
            while header.last == UInt8(ascii: " ") { header.removeLast() }
            header += Array(repeating: UInt8(ascii: " "), count: padding)
            let count = UInt64(header.count - SafetensorsHeader.prefixByteCount)
            for index in 0..<8 { header[index] = UInt8(truncatingIfNeeded: count >> UInt64(8 * index)) }
        }
        return tensors.reduce(into: header) { $0 += $1.bytes }
    }
}
