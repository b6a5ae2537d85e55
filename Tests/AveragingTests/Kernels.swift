import CKernels
import Testing

/// The suites that switch the instruction set, which is one setting for the whole process: they take turns.
@Suite(.serialized) enum Kernels {
    /// The instruction sets of this machine, from the one that every machine has.
    static let levels: [Int32] = {
        defer { lawa_force_kernel_level(.max) }
        lawa_force_kernel_level(.max)
        return Array(0...lawa_kernel_level())
    }()

    /// Runs `body` once for each instruction set.
    static func onEveryLevel(_ body: (Int32) throws -> Void) rethrows {
        defer { lawa_force_kernel_level(.max) }
        for level in levels {
            lawa_force_kernel_level(level)
            try body(level)
        }
    }
}
