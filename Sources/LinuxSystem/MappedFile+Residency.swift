import Glibc
import SystemPackage

extension MappedFile {
    /// How many bytes of a range the page cache holds, in whole pages; looking brings nothing in.
    ///
    /// It is what kernels without `File.cachedByteCount` can tell. Nil where they would not tell this process: of a file
    /// that it neither owns nor may write, mincore(2) says that all is cached (since Linux 5.2).
    package func cachedByteCount(offset: Int, count: Int) -> Int? {
        let page = HostProcess.pageByteCount
        let range = Self.pageRange(offset: offset, count: count, byteCount: bytes.count, inward: false)
        guard isResidencyTold, !range.isEmpty, let start = bytes.baseAddress?.advanced(by: range.lowerBound) else {
            return range.isEmpty ? 0 : nil
        }
        let pageCount = (range.count + page - 1) / page
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pageCount) { pages in
            guard mincore(UnsafeMutableRawPointer(mutating: start), range.count, pages.baseAddress) == 0 else {
                return nil
            }
            return pages.count { $0 & 1 != 0 } * page
        }
    }

    private var isResidencyTold: Bool {
        guard let status = try? file.status() else { return false }
        return status.owner == geteuid() || path.withPlatformString { access($0, W_OK) } == 0
    }
}
