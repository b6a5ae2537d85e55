import ArgumentParser
import TensorFormats

/// The element types in which the demo stores weights.
enum StoredElement: String, CaseIterable, ExpressibleByArgument {
    /// IEEE 754 binary32.
    case f32
    /// bfloat16: the upper half of a binary32.
    case bf16

    /// The type's name in a safetensors header.
    var elementType: ElementType { self == .f32 ? .f32 : .bf16 }

    /// The type's name in a Hugging Face config.json.
    var configurationName: String { self == .f32 ? "float32" : "bfloat16" }

    /// The element type that `elementType` is, or nil when the demo does not store it.
    init?(_ elementType: ElementType) {
        guard let match = Self.allCases.first(where: { $0.elementType == elementType }) else { return nil }
        self = match
    }

    /// Encodes `values` little-endian; bf16 rounds to nearest, ties to even.
    func encode(_ values: [Float]) -> [UInt8] {
        switch self {
        case .f32: values.flatMap { Self.littleEndianBytes($0.bitPattern) }
        case .bf16: values.flatMap { Self.littleEndianBytes(Self.roundedToBrainFloat($0)) }
        }
    }

    /// Decodes whole little-endian elements.
    func decode(_ bytes: some Collection<UInt8>) -> [Float] {
        let bytes = Array(bytes)
        let width = self == .f32 ? 4 : 2
        return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
            let bits = bytes[start..<start + width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Float(bitPattern: self == .f32 ? bits : bits << 16)
        }
    }

    /// The upper half of `value` after rounding to nearest, ties to even; a NaN stays a NaN.
    static func roundedToBrainFloat(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        guard !value.isNaN else { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
        return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    private static func littleEndianBytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
