import CLinux
import Glibc
import SystemPackage

extension File {
    /// What offsets, lengths and addresses of direct reads and writes are multiples of.
    ///
    /// Every filesystem whose block is a page or less takes it; one that wants more refuses with EINVAL.
    package static let directAlignment = 4096

    /// Opens the same file once more, for direct reading: past the page cache (O_DIRECT).
    ///
    /// Throws an error that `isUnsupported` where the filesystem has no direct access.
    package func reopenForDirectReading() throws(SystemCallError) -> File {
        try reopen(writing: false)
    }

    /// Opens the same file once more, for direct writing.
    package func reopenForDirectWriting() throws(SystemCallError) -> File {
        try reopen(writing: true)
    }

    // By the descriptor, because the path may name another file by now.
    private func reopen(writing: Bool) throws(SystemCallError) -> File {
        let descriptor = try systemCall("open for direct access", path) {
            lawa_open_direct("/proc/self/fd/\(self.descriptor)", writing)
        }
        return File(path, OwnedDescriptor(descriptor))
    }

    /// Reads from an aligned offset into an aligned buffer of a file that was opened for direct reading.
    ///
    /// Returns how many bytes were read: at least `needed`, unless the file ends before.
    package func readDirect(
        at offset: Int,
        into buffer: UnsafeMutableRawBufferPointer,
        needed: Int
    ) throws(SystemCallError) -> Int {
        var count = 0
        while count < needed {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = try systemCall("read", path) {
                pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
            }
            count += got
            // What is not a whole number of blocks ends the file, and there is no aligned place to go on from.
            if got == 0 || !got.isMultiple(of: Self.directAlignment) { break }
        }
        return count
    }

    /// Fills `buffer` from `offset` on and leaves the page cache as it was; fewer bytes only at the end of the file.
    ///
    /// Throws an error that `isUnsupported` before Linux 6.14 and on filesystems that cannot.
    package func readUncached(
        at offset: Int,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemCallError) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = try systemCall("read", path) {
                lawa_read_uncached(descriptor, rest.baseAddress, rest.count, Int64(offset + count))
            }
            if got == 0 { break }
            count += Int(got)
        }
        return count
    }

    /// Writes all of `bytes` at `offset`, starts their way to the disk, and keeps none in the page cache.
    ///
    /// Throws an error that `isUnsupported` before Linux 6.14 and on filesystems that cannot.
    package func writeUncached(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemCallError) {
        var count = 0
        while count < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            count += Int(
                try systemCall("write", path) {
                    lawa_write_uncached(descriptor, rest.baseAddress, rest.count, Int64(offset + count))
                }
            )
        }
    }
}
