/// The type of an element under the name that PyTorch gives it, `torch.<name>`.
enum TorchElementType: String, CaseIterable, Sendable {
    case bool
    case uint8
    case int8
    case int16
    case uint16
    case float16
    case bfloat16
    case int32
    case uint32
    case float32
    case int64
    case uint64
    case float64
    case complex32
    case complex64
    case complex128
    case bcomplex32
    case float8E5M2 = "float8_e5m2"
    case float8E4M3FN = "float8_e4m3fn"
    case float8E5M2FNUZ = "float8_e5m2fnuz"
    case float8E4M3FNUZ = "float8_e4m3fnuz"
    case float8E8M0FNU = "float8_e8m0fnu"
    case float4E2M1FNx2 = "float4_e2m1fn_x2"
    case bits8
    case bits16
    case bits1x8
    case bits2x4
    case bits4x2
    case int1
    case int2
    case int3
    case int4
    case int5
    case int6
    case int7
    case uint1
    case uint2
    case uint3
    case uint4
    case uint5
    case uint6
    case uint7
    case qint8
    case quint8
    case qint32
    case quint4x2
    case quint2x4

    /// The type that a class of storages is made of, such as `FloatStorage`.
    init?(storageClass: String) {
        guard let type = Self.storageClasses[storageClass] else { return nil }
        self = type
    }

    /// `_dtype_to_storage_type_map` in torch/storage.py.
    private static let storageClasses: [String: TorchElementType] = [
        "DoubleStorage": .float64,
        "FloatStorage": .float32,
        "HalfStorage": .float16,
        "LongStorage": .int64,
        "IntStorage": .int32,
        "ShortStorage": .int16,
        "CharStorage": .int8,
        "ByteStorage": .uint8,
        "BoolStorage": .bool,
        "BFloat16Storage": .bfloat16,
        "ComplexDoubleStorage": .complex128,
        "ComplexFloatStorage": .complex64,
        "QInt8Storage": .qint8,
        "QInt32Storage": .qint32,
        "QUInt8Storage": .quint8,
        "QUInt4x2Storage": .quint4x2,
        "QUInt2x4Storage": .quint2x4,
    ]
}

extension TorchElementType {
    /// The type of the same size by which the rest of this module knows the elements.
    ///
    /// Where ``isQuantized`` is true it says only how many bytes there are.
    var elementType: ElementType {
        switch self {
        case .bool: .bool
        case .int8, .qint8: .i8
        case .int1, .int2, .int3, .int4, .int5, .int6, .int7: .i8
        case .uint8, .quint8, .quint4x2, .quint2x4: .u8
        case .uint1, .uint2, .uint3, .uint4, .uint5, .uint6, .uint7: .u8
        case .float4E2M1FNx2, .bits8, .bits1x8, .bits2x4, .bits4x2: .u8
        case .int16: .i16
        case .uint16, .bits16: .u16
        case .float16: .f16
        case .bfloat16: .bf16
        case .int32, .qint32: .i32
        case .uint32, .bcomplex32: .u32
        case .float32: .f32
        case .int64: .i64
        case .uint64: .u64
        case .float64: .f64
        case .complex32: .c32
        case .complex64: .c64
        case .complex128: .c128
        case .float8E5M2: .f8E5M2
        case .float8E4M3FN: .f8E4M3
        case .float8E5M2FNUZ: .f8E5M2FNUZ
        case .float8E4M3FNUZ: .f8E4M3FNUZ
        case .float8E8M0FNU: .f8E8M0
        }
    }

    /// The size of one element in bytes; that of a pair or a group for types that are packed.
    var byteCount: Int { elementType.bitCount / 8 }

    /// Whether the elements are packed or coded, so that ``elementType`` does not say what they mean.
    var isQuantized: Bool {
        switch self {
        case .bcomplex32, .float4E2M1FNx2, .bits8, .bits16, .bits1x8, .bits2x4, .bits4x2, .qint8, .quint8, .qint32,
            .quint4x2, .quint2x4, .int1, .int2, .int3, .int4, .int5, .int6, .int7, .uint1, .uint2, .uint3, .uint4,
            .uint5, .uint6, .uint7:
            true
        default: false
        }
    }
}
