import Glibc

extension MappedFile {
    /// What the kernel is told of a range.
    package enum Advice: Sendable {
        /// It will be read from front to end.
        case sequential
        /// It will be read here and there: nothing around a page that is missing is read with it.
        case random
        /// It is read in and mapped before the call returns; lost pages are passed over.
        case populateRead
        /// It is mapped in small pages, so that no more of it is resident than is in use.
        case smallPages
        /// It will not be read again soon; its pages leave this mapping and no longer keep the page cache filled.
        case dontNeed

        fileprivate var number: Int32 {
            switch self {
            case .sequential: Int32(MADV_SEQUENTIAL)
            case .random: Int32(MADV_RANDOM)
            case .populateRead: Int32(MADV_POPULATE_READ)
            case .smallPages: Int32(MADV_NOHUGEPAGE)
            case .dontNeed: Int32(MADV_DONTNEED)
            }
        }
    }

    /// Tells the kernel how the range will be used; a hint, so failures are ignored.
    ///
    /// The range is cut to the mapping and widened to whole pages; for `dontNeed` it is narrowed to whole pages, so
    /// that a neighbour's bytes stay.
    package func advise(_ advice: Advice, offset: Int, count: Int) {
        let range = Self.pageRange(offset: offset, count: count, byteCount: bytes.count, inward: advice == .dontNeed)
        guard !range.isEmpty, let start = bytes.baseAddress?.advanced(by: range.lowerBound) else {
            return
        }
        _ = madvise(UnsafeMutableRawPointer(mutating: start), range.count, advice.number)
    }

    /// Unmaps the pages of a range that was read, and those that the kernel mapped around them.
    ///
    /// A fault maps up to 64 KiB of what is cached around it (fault_around_bytes), aligned in the address space. Who
    /// still reads a neighbour's bytes faults once more.
    package func release(offset: Int, count: Int) {
        guard let base = bytes.baseAddress, offset >= 0, offset < bytes.count, count > 0 else { return }
        let end = base + min(bytes.count, offset + count)
        let first = max((base + offset).alignedDown(toMultipleOf: Self.faultAround), base)
        let last = min(end.alignedUp(toMultipleOf: Self.faultAround), base + bytes.count)
        _ = madvise(UnsafeMutableRawPointer(mutating: first), last - first, Int32(MADV_DONTNEED))
    }

    private static let faultAround = 64 << 10

    /// The bytes of whole pages that the advice reaches; the mapping's last page counts as whole.
    static func pageRange(
        offset: Int,
        count: Int,
        byteCount: Int,
        inward: Bool,
        pageSize: Int = Int(sysconf(Int32(_SC_PAGESIZE)))
    ) -> Range<Int> {
        let lower = min(max(offset, 0), byteCount)
        let upper = count < byteCount - lower ? lower + max(count, 0) : byteCount
        let below = lower / pageSize * pageSize
        let first = inward && below < lower ? below + pageSize : below
        let last = inward && upper < byteCount ? upper / pageSize * pageSize : upper
        return lower < upper && first < last ? first..<last : 0..<0
    }
}
