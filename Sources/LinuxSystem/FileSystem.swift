import CLinux
import Glibc
package import SystemPackage

/// Bytes of a filesystem.
package struct FileSystemSpace: Sendable, Equatable {
    /// What a process without privileges can still write.
    package let available: Int
    /// What it holds in all.
    package let total: Int

    /// Makes the pair.
    package init(available: Int, total: Int) {
        self.available = available
        self.total = total
    }
}

/// Facts of the filesystem that holds a path.
package enum FileSystem {
    /// Room on it, in bytes.
    package static func space(at path: FilePath) throws(SystemCallError) -> FileSystemSpace {
        var status = statvfs()
        try systemCall("statvfs", path) { path.withPlatformString { statvfs($0, &status) } }
        return FileSystemSpace(
            available: bytes(UInt64(status.f_bavail), of: UInt64(status.f_frsize)),
            total: bytes(UInt64(status.f_blocks), of: UInt64(status.f_frsize))
        )
    }

    /// What kind it is.
    package static func kind(at path: FilePath) throws(SystemCallError) -> FileSystemKind {
        var magic: UInt64 = 0
        try systemCall("statfs", path) { path.withPlatformString { lawa_statfs_type($0, &magic) } }
        return FileSystemKind(magic: magic)
    }

    // Some network filesystems answer with the largest number for "no limit".
    private static func bytes(_ blocks: UInt64, of size: UInt64) -> Int {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? Int.max : Int(clamping: product)
    }
}
