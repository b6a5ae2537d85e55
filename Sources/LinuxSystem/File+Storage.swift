import CLinux
import Glibc
import SystemPackage

extension File {
    /// Grows the file to `byteCount` and reserves the blocks, so that later writes cannot run out of space.
    ///
    /// A longer file stays as it is, and so does the file when there is not enough space.
    ///
    /// - Returns: false where the filesystem cannot reserve and the file only grew.
    @discardableResult
    package func reserve(byteCount: Int) throws(SystemCallError) -> Bool {
        guard byteCount > 0 else {
            return true
        }
        let size = try status().size
        do {
            try systemCall("reserve space for", path) { lawa_fallocate(descriptor, 0, Int64(byteCount)) }
            return true
        } catch  where error.errorNumber == EOPNOTSUPP || error.errorNumber == ENOSYS {
            if size < byteCount {
                try systemCall("extend", path) { ftruncate(descriptor, off_t(byteCount)) }
            }
            return false
        } catch  where error.isOutOfSpace {
            // Some filesystems keep what they could get, which would leave the disk full.
            _ = ftruncate(descriptor, off_t(size))
            throw error
        }
    }

    /// Waits until bytes and size are on the disk.
    package func synchronize() throws(SystemCallError) {
        try systemCall("fsync", path) { fsync(descriptor) }
    }

    /// Whether any process, this one included, has the file open for writing; nil where that cannot be known.
    ///
    /// It takes a read lease and returns it at once. Unknown are files of another user (without CAP_LEASE) and
    /// filesystems without leases, such as NFS and most of FUSE.
    package func isOpenForWriting() -> Bool? {
        if lawa_probe_read_lease(descriptor) == 0 {
            return false
        }
        return errno == EAGAIN ? true : nil
    }
}
