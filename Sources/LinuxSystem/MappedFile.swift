import CLinux
import Glibc
package import SystemPackage

/// A range of a file, mapped read-only, that stays readable when the file shrinks.
///
/// Lost pages read as zeros, so a reader uses nothing before `checkIntact` has returned after the reading. That says
/// nothing of a file that was rewritten at the same length: compare its `FileStatus` for that.
package final class MappedFile: Sendable {
    /// The mapped bytes; valid only as long as this object lives.
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    let file: File
    let offset: Int
    private let changeTime: Int64
    private let slot: Int32

    /// Maps `byteCount` bytes from `offset` on, which the file must have; zero are allowed.
    ///
    /// Throws `SystemCallError` and `MappingError`.
    package init(_ file: File, offset: Int = 0, byteCount: Int) throws {
        let status = try file.status()
        guard offset >= 0, byteCount >= 0, offset <= status.size, status.size - offset >= byteCount else {
            throw MappingError.truncated(file.path)
        }
        self.file = file
        self.offset = offset
        changeTime = status.changeTime
        guard byteCount > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            slot = -1
            return
        }
        let before = offset % HostProcess.pageByteCount
        let start = mmap(nil, before + byteCount, PROT_READ, MAP_PRIVATE, file.descriptor, off_t(offset - before))
        guard let start, start != MAP_FAILED else {
            throw SystemCallError(call: "map", path: file.path, errorNumber: errno)
        }
        slot = lawa_mapping_guard_register(start, before + byteCount)
        bytes = UnsafeRawBufferPointer(start: start + before, count: byteCount)
        guard slot >= 0 else {
            munmap(start, before + byteCount)
            throw MappingError.tooManyMappings(file.path, limit: Int(lawa_mapping_guard_capacity))
        }
    }

    /// Where the file was opened.
    package var path: FilePath { file.path }

    /// Throws where any byte read so far may be a zero in place of a lost one.
    package func checkIntact() throws {
        let status = try file.status()
        // After the status: a page that was lost before that look is marked by now, one lost later was not read.
        let isLost = slot >= 0 && lawa_mapping_guard_is_lost(slot)
        // An unchanged file did not lose its pages by a truncation that was made good since.
        if status.size < offset + bytes.count || (isLost && status.changeTime != changeTime) {
            throw MappingError.truncated(path)
        }
        if isLost {
            throw MappingError.unreadable(path)
        }
    }

    deinit {
        guard slot >= 0 else {
            return
        }
        lawa_mapping_guard_unregister(slot)
        let before = offset % HostProcess.pageByteCount
        let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 - before) }
        munmap(start, before + bytes.count)
    }
}
