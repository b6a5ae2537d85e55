import Glibc
import SystemPackage

extension MappedFile {
    /// How many bytes of the mapping the page cache holds, in whole pages; looking brings nothing in.
    ///
    /// It is what kernels without `File.cachedByteCount` can tell. Nil where they would not tell this process: of a file
    /// that it neither owns nor may write, mincore(2) says that all is cached (since Linux 5.2).
    package var cachedByteCount: Int? {
        guard let pages else { return 0 }
        guard isResidencyTold else { return nil }
        let page = HostProcess.pageByteCount
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (pages.count + page - 1) / page) { vector in
            let start = UnsafeMutableRawPointer(mutating: pages.baseAddress)
            guard mincore(start, pages.count, vector.baseAddress) == 0 else { return nil }
            return vector.count { $0 & 1 != 0 } * page
        }
    }

    private var isResidencyTold: Bool {
        guard let status = try? file.status() else { return false }
        return status.owner == geteuid() || path.withPlatformString { access($0, W_OK) } == 0
    }
}
