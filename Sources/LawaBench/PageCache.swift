import LinuxSystem

/// What the page cache holds of files.
enum PageCache {
    /// The bytes of a file that are in it, as cachestat(2) counts them.
    static func cachedBytes(of file: File) throws -> Int {
        let size = try file.status().size
        return min(try file.cachedByteCount(offset: 0, count: size), size)
    }

    /// Writes a file's changes to the disk and drops its pages; those that a process has mapped stay.
    static func drop(_ file: File) throws {
        try file.synchronize()
        file.dropCache(offset: 0, count: try file.status().size)
    }

    /// Reads all of a file.
    static func fill(_ file: File, with buffer: UnsafeMutableRawBufferPointer) throws {
        var offset = 0
        while case let count = try file.read(at: offset, into: buffer), count > 0 { offset += count }
    }
}
