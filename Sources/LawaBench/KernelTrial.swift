import CBench
import CKernels

/// One loop over the elements of all members, to be timed.
struct KernelTrial {
    /// What the loop does with them.
    enum Work: String {
        /// Loads them.
        case read
        /// Takes their mean, with the guard against NaN and infinities that is part of it.
        case mean
    }

    /// What a thread of the engine takes from each member at a time.
    private static let blockBytes = 256 << 10

    /// What the loop does.
    let work: Work
    /// With which instructions.
    let level: KernelLevel

    /// Runs the loop once and returns its seconds.
    func run(_ members: MappedMembers, element: Element, into buffer: UnsafeMutableRawBufferPointer) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        switch work {
        case .read: read(members, into: buffer)
        case .mean: mean(members, element: element, into: buffer)
        }
        return (clock.now - start) / .seconds(1)
    }

    private func read(_ members: MappedMembers, into buffer: UnsafeMutableRawBufferPointer) {
        let digest = members.sources.reduce(UInt64(0)) { digest, source in
            digest ^ bench_read(source.assumingMemoryBound(to: UInt8.self), members.byteCount, level.rawValue)
        }
        buffer.storeBytes(of: digest, as: UInt64.self)
    }

    private func mean(_ members: MappedMembers, element: Element, into buffer: UnsafeMutableRawBufferPointer) {
        lawa_force_kernel_level(level.rawValue)
        var counters = [UInt64](repeating: 0, count: members.sources.count)
        let target = buffer.assumingMemoryBound(to: UInt8.self).baseAddress
        for offset in stride(from: 0, to: members.byteCount, by: Self.blockBytes) {
            let count = min(Self.blockBytes, members.byteCount - offset) / element.byteCount
            let sources = members.sources.map { Optional(($0 + offset).assumingMemoryBound(to: UInt8.self)) }
            lawa_mean(element.kernelElement, sources, sources.count, count, target, &counters)
        }
    }

    /// Room for the result of one block.
    static func allocateBuffer() -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 4096)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return buffer
    }
}
