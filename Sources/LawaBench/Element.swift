import ArgumentParser
import CBench
import CKernels
import TensorFormats

/// The element types that members are made of and kernels are measured with.
enum Element: String, CaseIterable, ExpressibleByArgument {
    case bf16
    case f16
    case f32
    case f64

    /// The type as a safetensors header names it.
    var elementType: ElementType {
        switch self {
        case .bf16: .bf16
        case .f16: .f16
        case .f32: .f32
        case .f64: .f64
        }
    }

    /// The size of one element in bytes.
    var byteCount: Int { elementType.bitCount / 8 }

    /// The type as the kernels name it.
    var kernelElement: lawa_element {
        switch self {
        case .bf16: LAWA_BF16
        case .f16: LAWA_F16
        case .f32: LAWA_F32
        case .f64: LAWA_F64
        }
    }

    /// The type as the encoder of random weights names it.
    var encodedElement: bench_element {
        switch self {
        case .bf16: BENCH_BF16
        case .f16: BENCH_F16
        case .f32: BENCH_F32
        case .f64: BENCH_F64
        }
    }

    /// The type as PyTorch, and so a model's config.json, names it.
    var torchName: String {
        switch self {
        case .bf16: "bfloat16"
        case .f16: "float16"
        case .f32: "float32"
        case .f64: "float64"
        }
    }
}
