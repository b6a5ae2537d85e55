import LinuxSystem
import SystemPackage
import TensorFormats

/// A new file that is filled from its begin to its end, and the checksum of what was written.
struct ExportedFile: ~Copyable {
    private(set) var checksum = ContentChecksum()
    private let file: File

    init(_ path: FilePath, byteCount: Int) throws {
        let file = try File.create(path)
        try file.reserve(byteCount: byteCount)
        self.file = file
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(bytes, at: checksum.byteCount)
        file.startWriteback(offset: checksum.byteCount, count: bytes.count)
        checksum.update(bytes)
    }

    /// Makes it durable, and leaves nothing of it in the page cache.
    func finish() throws {
        try file.synchronize()
        file.dropCache(offset: 0, count: checksum.byteCount)
    }
}
