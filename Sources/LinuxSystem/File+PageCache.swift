import CLinux
import Glibc
import SystemPackage

extension File {
    /// How many bytes of a range the page cache holds, in whole pages; looking brings nothing in.
    ///
    /// Throws where the kernel is older than 6.5, and for files of another user that this process may not write.
    package func cachedByteCount(offset: Int, count: Int) throws(SystemCallError) -> Int {
        // A length of zero would mean "to the end".
        guard count > 0 else { return 0 }
        var pages: UInt64 = 0
        try systemCall("look at the page cache of", path) {
            lawa_cachestat(descriptor, UInt64(offset), UInt64(count), &pages)
        }
        return Int(clamping: pages) * HostProcess.pageByteCount
    }

    /// Drops the clean pages of a range from the page cache; a hint, so failures are ignored.
    ///
    /// Pages that the range covers in part stay. Ranges of many megabytes, aligned, leave nothing behind; of a small
    /// one, large folios that straddle its borders stay.
    package func dropCache(offset: Int, count: Int) {
        _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
    }

    /// Begins to write a range's dirty pages to the disk; a hint, so failures are ignored.
    package func startWriteback(offset: Int, count: Int) {
        _ = lawa_start_writeback(descriptor, Int64(offset), Int64(count))
    }

    /// Waits until a range's dirty pages are written, so that few of them gather.
    ///
    /// It is no `synchronize`: metadata and the disk's own cache are not flushed. But it throws what kept pages from the
    /// disk, because the kernel tells that only once: a later `synchronize` would succeed. Filesystems that have no such
    /// call are not waited for.
    package func finishWriteback(offset: Int, count: Int) throws(SystemCallError) {
        do {
            try systemCall("write back", path) { lawa_finish_writeback(descriptor, Int64(offset), Int64(count)) }
        } catch  where error.isUnsupported || error.errorNumber == ESPIPE {
            // Nothing was begun, so nothing was lost.
        }
    }

    /// Reads ahead nothing beyond what is asked for.
    package func expectRandomAccess() {
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
    }
}
