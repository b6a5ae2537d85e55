import CKernels

/// The instruction sets that kernels are compiled for.
enum KernelLevel: Int32, CaseIterable {
    /// What every processor of the architecture has.
    case baseline
    /// AVX2, FMA and F16C (x86-64-v3).
    case avx2
    /// AVX-512 F, BW, DQ and VL (x86-64-v4).
    case avx512

    /// Those that this processor has, best last.
    static var available: [KernelLevel] { allCases.filter { $0.rawValue <= lawa_kernel_level() } }

    /// Its name in figures.
    var name: String {
        switch self {
        case .baseline: "baseline"
        case .avx2: "avx2"
        case .avx512: "avx512"
        }
    }
}
