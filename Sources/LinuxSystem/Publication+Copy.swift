import CLinux
import Glibc
package import SystemPackage

extension Publication {
    /// Gives the file at `source` the further name `destination`, on the same filesystem.
    ///
    /// Both names are the same file: who writes through one changes the other. A symbolic link at `source` is
    /// followed, because the link alone would keep nothing.
    package static func hardLink(_ source: FilePath, to destination: FilePath) throws(SystemCallError) {
        try systemCall("link", source, to: destination) {
            withPaths(source, destination) { linkat(AT_FDCWD, $0, AT_FDCWD, $1, AT_SYMLINK_FOLLOW) }
        }
    }

    /// Makes the new file `destination` that shares the blocks of `source` until one of them is written.
    ///
    /// It has the modification time of the source and is no more readable (`FileStatus.limitOfCopies`). Throws a
    /// `SystemCallError` whose `isUnsupported` holds on filesystems that cannot; then nothing is left behind.
    ///
    /// - Parameter expected: see `copyFile`.
    package static func reflink(_ source: FilePath, to destination: FilePath, expected: FileIdentity? = nil) throws {
        let (original, status) = try open(source, expected)
        try fillingNewFile(destination, limit: status.limitOfCopies) { copy in
            try systemCall("reflink", source, to: destination) {
                lawa_ficlone(copy.descriptor, original.descriptor)
            }
            try setModificationTime(status.modificationTime, of: copy)
        }
    }

    private static func open(_ source: FilePath, _ expected: FileIdentity?) throws -> (File, FileStatus) {
        let file = try File.openForReading(source)
        let status = try file.status()
        guard expected == nil || expected == FileIdentity(status) else { throw FileError.replaced(source) }
        return (file, status)
    }

    /// Makes the new file `destination` with the bytes that `source` has at the start of the copying.
    ///
    /// It has the modification time that the source had then and is no more readable (`FileStatus.limitOfCopies`). Room is reserved first, so a full disk is noticed before
    /// anything is written. The page cache stays as it was found: what is written goes to the disk piece by piece, and
    /// nothing that was read for it stays. Where the copying fails nothing is left behind.
    ///
    /// - Parameter progress: told after each piece, of 8 MiB at most, how many bytes are copied; what it throws ends the
    ///   copying.
    /// - Parameter expected: which file is meant; another one that has its path by now is not copied.
    /// - Throws: `SystemCallError`, `FileError` where the source shrinks or is another file, or what `progress` throws.
    package static func copyFile(
        _ source: FilePath,
        to destination: FilePath,
        expected: FileIdentity? = nil,
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        let (original, status) = try open(source, expected)
        try fillingNewFile(destination, limit: status.limitOfCopies) { copy in
            try copy.reserve(byteCount: status.size)
            try copyBytes(original, to: copy, byteCount: status.size, progress: progress)
            try setModificationTime(status.modificationTime, of: copy)
        }
    }

    private static func copyBytes(
        _ original: File,
        to copy: File,
        byteCount: Int,
        progress: (Int) throws -> Void
    ) throws {
        let residency = Residency(of: original, byteCount: byteCount)
        let footprint = CacheFootprint(original, byteCount: byteCount, residency: residency)
        defer { footprint.leaveAll() }
        var previous = 0..<0
        for start in stride(from: 0, to: byteCount, by: Residency.windowByteCount) {
            let piece = start..<min(start + Residency.windowByteCount, byteCount)
            let offset = copyInKernel(original, to: copy, piece)
            try copyThroughMemory(original, to: copy, offset..<piece.upperBound)
            footprint.leave(piece)
            // While this piece is on its way to the disk, the one before arrives there.
            copy.startWriteback(offset: piece.lowerBound, count: piece.count)
            try settle(previous, of: copy)
            previous = piece
            try progress(piece.upperBound)
        }
        try settle(previous, of: copy)
    }

    // Only clean pages can be dropped.
    private static func settle(_ range: Range<Int>, of file: File) throws(SystemCallError) {
        // A length of zero would mean "to the end".
        guard !range.isEmpty else { return }
        try file.finishWriteback(offset: range.lowerBound, count: range.count)
        file.dropCache(offset: range.lowerBound, count: range.count)
    }

    // In nanoseconds since 1970. The time of access stays, which the second special value of utimensat(2) asks for.
    private static func setModificationTime(_ time: Int64, of file: File) throws(SystemCallError) {
        let (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore1970 = nanoseconds < 0
        let times = [
            timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2),
            timespec(
                tv_sec: Int(isBefore1970 ? seconds - 1 : seconds),
                tv_nsec: Int(isBefore1970 ? nanoseconds + 1_000_000_000 : nanoseconds)
            ),
        ]
        try systemCall("set the time of", file.path) { futimens(file.descriptor, times) }
    }

    private static func fillingNewFile(_ path: FilePath, limit: UInt32, _ fill: (File) throws -> Void) throws {
        let file = try File.create(path)
        do {
            // Before there is anything to read.
            try restrict(path, to: limit)
            try fill(file)
        } catch {
            _ = path.withPlatformString { unlink($0) }
            throw error
        }
    }

    // Stops at the first refusal or end and returns where; the way through memory goes on from there and finds out why.
    private static func copyInKernel(_ original: File, to copy: File, _ range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let size = range.upperBound - offset
            let position = Int64(offset)
            let count = lawa_copy_file_range(original.descriptor, position, copy.descriptor, position, size)
            guard count > 0 else {
                break
            }
            offset += Int(count)
        }
        return offset
    }

    /// Copies the bytes of a range; throws `FileError.endsEarly` where the source has fewer.
    static func copyThroughMemory(_ original: File, to copy: File, _ range: Range<Int>) throws {
        guard !range.isEmpty else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, range.upperBound - position)]
            )
            let found = try original.read(at: position, into: part)
            guard found == part.count else {
                throw FileError.endsEarly(original.path, offset: position, wanted: part.count, found: found)
            }
            try copy.write(UnsafeRawBufferPointer(part), at: position)
            position += found
        }
    }
}
