import Glibc

/// Memory in huge pages where the system has them: a direct read or write of a megabyte is then one request.
///
/// In pages of 4 KiB a request ends after some 250 of them, and the disk is asked twice as often as needed. Nothing is
/// resident before it is touched. The bytes begin as zeros.
package struct HugeBuffer: ~Copyable {
    /// The memory, at an address that is a multiple of 2 MiB.
    package let bytes: UnsafeMutableRawBufferPointer
    private let mapping: UnsafeMutableRawBufferPointer

    private static let alignment = 2 << 20

    /// Takes memory; throws where the system gives none.
    package init(byteCount: Int) throws(SystemCallError) {
        let rounded = (max(1, byteCount) + Self.alignment - 1) / Self.alignment * Self.alignment
        let total = rounded + Self.alignment
        let start = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start, start != MAP_FAILED else {
            throw SystemCallError(call: "take \(total) bytes of memory", path: nil, errorNumber: errno)
        }
        mapping = UnsafeMutableRawBufferPointer(start: start, count: total)
        let aligned = start.alignedUp(toMultipleOf: Self.alignment)
        bytes = UnsafeMutableRawBufferPointer(start: aligned, count: byteCount)
        _ = madvise(aligned, rounded, Int32(MADV_HUGEPAGE))
    }

    deinit {
        munmap(mapping.baseAddress, mapping.count)
    }
}
