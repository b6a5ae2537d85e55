import CBench
import LinuxSystem
import SystemPackage

/// What the page cache holds of files.
enum PageCache {
    /// The bytes of a file that are in it, as cachestat(2) counts them.
    static func cachedBytes(of file: File) throws -> Int {
        var pages: UInt64 = 0
        guard bench_cached_pages(file.descriptor, &pages) == 0 else {
            throw BenchError(
                "count the cached pages of \"\(file.path)\": cachestat failed; it needs Linux 6.5 and a filter that allows it"
            )
        }
        return min(Int(pages) * pageSize, try file.status().size)
    }

    /// Writes a file's changes to the disk and drops its pages; those that a process has mapped stay.
    static func drop(_ file: File) throws {
        guard bench_drop_cache(file.descriptor) == 0 else {
            throw BenchError("drop \"\(file.path)\" from the page cache: fsync or posix_fadvise failed")
        }
    }

    /// Reads all of a file.
    static func fill(_ file: File, with buffer: UnsafeMutableRawBufferPointer) throws {
        var offset = 0
        while case let count = try file.read(at: offset, into: buffer), count > 0 { offset += count }
    }

    private static let pageSize = Int(bench_page_size())
}
