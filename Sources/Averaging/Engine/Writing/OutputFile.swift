import LinuxSystem
import Synchronization
import SystemPackage

/// One file that a pass writes, at its full size from the start, past the page cache where the filesystem allows.
///
/// Pages that nobody will read soon have no business in the page cache, and dirty ones in bulk stall every writer of the
/// machine. So what is written is on its way to the disk at once, whichever method it takes.
final class OutputFile: Sendable {
    /// How many bytes may wait for the disk where only ordinary writes work.
    private static let dirtyByteCount = 8 << 20

    private let file: File
    private let directFile: File?
    private let byteCount: Int
    /// How many bytes of room it has for certain.
    let reservedByteCount: Int
    private let method: Atomic<AccessMethod>
    /// Ordinary writes of two threads to one file take turns on the inode's lock and spin; where they are so slow, they
    /// rather wait here.
    private let turn = Mutex(())

    /// Makes the file and reserves its room, so that a full disk is found out before the work.
    init(_ path: FilePath, byteCount: Int, access: AccessMethod) throws(SystemCallError) {
        try Publication.makeDirectories(path.removingLastComponent())
        file = try File.create(path)
        reservedByteCount = try file.reserve(byteCount: byteCount) ? byteCount : 0
        directFile = access == .direct ? try? file.reopenForDirectWriting() : nil
        self.byteCount = byteCount
        method = Atomic(directFile == nil && access == .direct ? .uncached : access)
    }

    /// Writes bytes at an offset; both aligned but for the end of the file, or else small.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemCallError) {
        while true {
            let method = method.load(ordering: .relaxed)
            do throws(SystemCallError) {
                return try write(bytes, at: offset, method)
            } catch {
                guard error.isUnsupported, method != .buffered else { throw error }
                self.method.store(method.next, ordering: .relaxed)
            }
        }
    }

    /// Reads what was written before.
    func readBack(at offset: Int, into room: UnsafeMutableRawBufferPointer) throws(SystemCallError) {
        guard try file.read(at: offset, into: room) == room.count else {
            throw SystemCallError(
                call: "read back",
                path: file.path,
                errorNumber: SystemCallError.inputOutputError
            )
        }
    }

    /// Begins to write bytes that stay until they are waited for; false where they are not written directly.
    func beginWriting(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ queue: inout DirectQueue, tag: Int) -> Bool {
        let unit = File.directAlignment
        guard let directFile, method.load(ordering: .relaxed) == .direct,
            offset.isMultiple(of: unit), bytes.count.isMultiple(of: unit)
        else { return false }
        return queue.beginWriting(directFile, bytes, at: offset, tag: tag)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ method: AccessMethod) throws(SystemCallError)
    {
        switch method {
        case .direct:
            let unit = File.directAlignment
            let isAligned =
                offset.isMultiple(of: unit) && UInt(bitPattern: bytes.baseAddress).isMultiple(of: UInt(unit))
            let split = isAligned ? bytes.count / unit * unit : 0
            try (directFile ?? file).write(UnsafeRawBufferPointer(rebasing: bytes[..<split]), at: offset)
            try file.write(UnsafeRawBufferPointer(rebasing: bytes[split...]), at: offset + split)
        case .uncached:
            try file.writeUncached(bytes, at: offset)
        case .buffered:
            let result = turn.withLock { _ in
                Result { () throws(SystemCallError) in
                    try file.write(bytes, at: offset)
                }
            }
            try result.get()
            file.startWriteback(offset: offset, count: bytes.count)
            let before = max(0, offset - Self.dirtyByteCount)
            if before > 0 {
                let settled = max(0, before - Self.dirtyByteCount)
                try file.finishWriteback(offset: settled, count: before - settled)
                file.dropCache(offset: settled, count: before - settled)
            }
        }
    }

    /// Makes the file durable and checks its size.
    func synchronize() throws(SystemCallError) {
        try file.synchronize()
        guard try file.status().size == byteCount else {
            throw SystemCallError(
                call: "write all of",
                path: file.path,
                errorNumber: SystemCallError.inputOutputError
            )
        }
        // Direct writes leave nothing there, but for the file's end and for what was amended.
        file.dropCache(offset: 0, count: byteCount)
    }
}
