import Glibc
package import SystemPackage

/// An open regular file; it is closed when the last reference goes away.
///
/// All reads and writes name their offset, so several threads may share one.
package final class File: Sendable {
    /// Where it was opened; the file may have another name by now.
    package let path: FilePath
    private let owned: OwnedDescriptor

    /// The open descriptor; valid as long as this object lives.
    package var descriptor: Int32 { owned.number }

    init(_ path: FilePath, _ owned: consuming OwnedDescriptor) {
        self.path = path.presented
        self.owned = owned
    }

    /// Opens a regular file for reading.
    ///
    /// Throws `SystemCallError`, or `FileError.notRegular` for anything else; a pipe does not block it.
    package static func openForReading(_ path: FilePath, followSymlinks: Bool = true) throws -> File {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followSymlinks ? 0 : O_NOFOLLOW)
        let descriptor = try systemCall("open", path) { path.withPlatformString { open($0, flags) } }
        let file = File(path, OwnedDescriptor(descriptor))
        let kind = try file.status().kind
        guard kind == .regular else {
            throw FileError.notRegular(path, kind)
        }
        return file
    }

    /// Makes a new file for reading and writing; fails where anything is at `path`.
    ///
    /// The umask takes its bits from `mode`.
    package static func create(_ path: FilePath, mode: UInt32 = 0o666) throws(SystemCallError) -> File {
        let flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC
        let descriptor = try systemCall("create", path) { path.withPlatformString { open($0, flags, mode) } }
        return File(path, OwnedDescriptor(descriptor))
    }

    /// What the file is now, whatever name it has.
    package func status() throws(SystemCallError) -> FileStatus {
        var status = stat()
        try systemCall("stat", path) { fstat(descriptor, &status) }
        return FileStatus(status)
    }

    /// Fills `buffer` from `offset` on and returns how many bytes there were; fewer only at the end of the file.
    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SystemCallError) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = try systemCall("read", path) {
                pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
            }
            if got == 0 {
                break
            }
            count += got
        }
        return count
    }

    /// Exactly `count` bytes from `offset` on; throws `FileError.endsEarly` where the file has fewer.
    ///
    /// The size is looked at before memory is taken, so a forged `count` costs none.
    package func readBytes(at offset: Int, count: Int) throws -> [UInt8] {
        let size = try status().size
        guard offset >= 0, count >= 0, count <= size - min(offset, size) else {
            let found = max(0, size - max(0, min(offset, size)))
            throw FileError.endsEarly(path, offset: offset, wanted: count, found: found)
        }
        var found = 0
        let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            found = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = found
        }
        guard found == count else {
            throw FileError.endsEarly(path, offset: offset, wanted: count, found: found)
        }
        return bytes
    }

    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemCallError) {
        var count = 0
        while count < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            count += try systemCall("write", path) {
                pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
            }
        }
    }
}
