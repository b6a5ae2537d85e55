import Averaging
import Testing

/// One call of the kernel over members kept as patterns, with guard bytes around the result.
struct KernelRun {
    let format: FloatFormat
    /// The patterns of each member, oldest first.
    let members: [[UInt64]]

    struct Result: Equatable {
        var patterns: [UInt64]
        var mixed: [UInt64]
    }

    /// Members from the patterns of each element.
    init(_ format: FloatFormat, elements: [[UInt64]]) {
        self.format = format
        members = (elements.first ?? []).indices.map { member in elements.map { $0[member] } }
    }

    /// The means of a range of elements; the result is `misalignment` bytes off alignment, each member one byte more.
    func result(
        misalignment: Int = 0,
        range: Range<Int>? = nil,
        mixed: [UInt64]? = nil,
        weights: [Int32]? = nil
    ) -> Result {
        let range = range ?? 0..<members[0].count
        // Each buffer ends where its elements end, so that an address sanitizer sees a read beyond.
        let sources = members.enumerated().map { index, patterns in
            source(patterns[range], misalignment: (misalignment + index) % 8)
        }
        defer { sources.forEach { $0.allocation.deallocate() } }
        let byteCount = range.count * format.byteCount
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount + 24, alignment: 8)
        defer { target.deallocate() }
        target.initializeMemory(as: UInt8.self, repeating: 0xA5)
        let offset = 8 + misalignment
        var mixed = mixed ?? Array(repeating: 0, count: members.count)
        sources.map(\.start).withUnsafeBufferPointer { sources in
            mixed.withUnsafeMutableBufferPointer { mixed in
                let room = UnsafeMutableRawBufferPointer(rebasing: target[offset..<(offset + byteCount)])
                average(sources, weights, range.count, room, mixed)
            }
        }
        #expect(target[..<offset].allSatisfy { $0 == 0xA5 }, "bytes before the result were written")
        #expect(target[(offset + byteCount)...].allSatisfy { $0 == 0xA5 }, "bytes behind the result were written")
        return Result(patterns: patterns(in: target, offset: offset, count: range.count), mixed: mixed)
    }

    private func average(
        _ sources: UnsafeBufferPointer<UnsafeRawPointer>,
        _ weights: [Int32]?,
        _ elementCount: Int,
        _ room: UnsafeMutableRawBufferPointer,
        _ mixed: UnsafeMutableBufferPointer<UInt64>
    ) {
        guard let weights else {
            MeanKernel.mean(
                of: format.type,
                sources: sources,
                elementCount: elementCount,
                into: room,
                mixedNonFinite: mixed
            )
            return
        }
        weights.withUnsafeBufferPointer { weights in
            MeanKernel.weightedMean(
                of: format.type,
                sources: sources,
                weights: weights,
                elementCount: elementCount,
                into: room,
                mixedNonFinite: mixed
            )
        }
    }

    private func source(
        _ patterns: ArraySlice<UInt64>,
        misalignment: Int
    ) -> (allocation: UnsafeMutableRawPointer, start: UnsafeRawPointer) {
        let byteCount = misalignment + patterns.count * format.byteCount
        let allocation = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 8)
        let bytes = UnsafeMutableRawBufferPointer(start: allocation, count: byteCount)
        var offset = misalignment
        for pattern in patterns {
            switch format.byteCount {
            case 8: bytes.storeBytes(of: pattern, toByteOffset: offset, as: UInt64.self)
            case 4: bytes.storeBytes(of: UInt32(pattern), toByteOffset: offset, as: UInt32.self)
            default: bytes.storeBytes(of: UInt16(pattern), toByteOffset: offset, as: UInt16.self)
            }
            offset += format.byteCount
        }
        return (allocation, UnsafeRawPointer(allocation) + misalignment)
    }

    private func patterns(in bytes: UnsafeMutableRawBufferPointer, offset: Int, count: Int) -> [UInt64] {
        (0..<count).map { index in
            (0..<format.byteCount).reduce(UInt64(0)) { pattern, byte in
                pattern | UInt64(bytes[offset + index * format.byteCount + byte]) << UInt64(8 * byte)
            }
        }
    }
}
