import Glibc

extension MappedFile {
    /// What the kernel is told of the mapping.
    package enum Advice: Sendable {
        /// It will be read from front to end.
        case sequential
        /// It will be read here and there: nothing around a page that is missing is read with it.
        case random
        /// It is read in and mapped before the call returns; lost pages are passed over.
        case populateRead

        fileprivate var number: Int32 {
            switch self {
            case .sequential: Int32(MADV_SEQUENTIAL)
            case .random: Int32(MADV_RANDOM)
            case .populateRead: Int32(MADV_POPULATE_READ)
            }
        }
    }

    /// Tells the kernel how the mapping will be used; a hint, so failures are ignored.
    package func advise(_ advice: Advice) {
        guard let pages else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: pages.baseAddress), pages.count, advice.number)
    }

    /// The mapping from the page in which it begins; nil where it is empty.
    var pages: UnsafeRawBufferPointer? {
        let before = offset % HostProcess.pageByteCount
        return bytes.baseAddress.map { UnsafeRawBufferPointer(start: $0 - before, count: before + bytes.count) }
    }
}
