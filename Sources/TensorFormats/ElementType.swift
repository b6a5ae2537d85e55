/// The type of one tensor element, under the name that safetensors 0.8 gives it.
///
/// The cases are in the order of the reference implementation's `Dtype`, by which its writer sorts tensors. The last
/// two are known to PyTorch alone: no safetensors file may hold them.
package enum ElementType: String, CaseIterable, Sendable, Codable {
    case bool = "BOOL"
    case f4 = "F4"
    case f6E2M3 = "F6_E2M3"
    case f6E3M2 = "F6_E3M2"
    case u8 = "U8"
    case i8 = "I8"
    case f8E5M2 = "F8_E5M2"
    case f8E4M3 = "F8_E4M3"
    case f8E8M0 = "F8_E8M0"
    case f8E4M3FNUZ = "F8_E4M3FNUZ"
    case f8E5M2FNUZ = "F8_E5M2FNUZ"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case c64 = "C64"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"
    case c32 = "C32"
    case c128 = "C128"
}

extension ElementType {
    /// The types that a safetensors file may hold, in the order of the reference implementation.
    package static let safetensors = allCases.filter { $0 != .c32 && $0 != .c128 }

    /// The size of one element in bits; elements of fewer than eight are packed without padding.
    package var bitCount: Int {
        switch self {
        case .f4: 4
        case .f6E2M3, .f6E3M2: 6
        case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: 8
        case .i16, .u16, .f16, .bf16: 16
        case .i32, .u32, .f32, .c32: 32
        case .c64, .f64, .i64, .u64: 64
        case .c128: 128
        }
    }

    /// The float type of the numbers that an average is taken over, or nil for a type that is copied.
    ///
    /// A complex element is two components of half its size, real then imaginary; every other averaged type is its
    /// own component.
    package var averagedComponent: ElementType? {
        switch self {
        case .f64, .f32, .f16, .bf16: self
        case .c32: .f16
        case .c64: .f32
        case .c128: .f64
        default: nil
        }
    }

    /// What the element stands for.
    package var kind: ElementKind {
        switch self {
        case .bool: .boolean
        case .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64: .integer
        case .f4, .f6E2M3, .f6E3M2, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: .smallFloat
        case .f16, .bf16, .f32, .f64: .float
        case .c32, .c64, .c128: .complex
        }
    }
}
