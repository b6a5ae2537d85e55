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

    /// Its name for people, such as "ext4"; a number such as "0x1234" where it is none of the common ones.
    package static func typeName(at path: FilePath) throws(SystemCallError) -> String {
        var type: UInt64 = 0
        try systemCall("statfs", path) { path.withPlatformString { lawa_statfs_type($0, &type) } }
        return names[type] ?? "0x" + String(type, radix: 16)
    }

    // Some network filesystems answer with the largest number for "no limit".
    private static func bytes(_ blocks: UInt64, of size: UInt64) -> Int {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? Int.max : Int(clamping: product)
    }

    // statfs(2) and linux/magic.h; the last four are from the sources of those filesystems.
    private static let names: [UInt64: String] = [
        0xEF53: "ext4",
        0x5846_5342: "xfs",
        0x9123_683E: "btrfs",
        0xCA45_1A4E: "bcachefs",
        0xF2F5_2010: "f2fs",
        0x0102_1994: "tmpfs",
        0x8584_58F6: "ramfs",
        0x794C_7630: "overlay",
        0x6573_5546: "fuse",
        0x6969: "nfs",
        0xFF53_4D42: "cifs",
        0xFE53_4D42: "smb2",
        0x0102_1997: "9p",
        0x00C3_6400: "ceph",
        0x4D44: "vfat",
        0x2011_BAB0: "exfat",
        0x9FA0: "proc",
        0x6265_6572: "sysfs",
        0x7371_7368: "squashfs",
        0x2FC1_2FC1: "zfs",
        0x0BD0_0BD0: "lustre",
        0x4750_4653: "gpfs",
        0x1983_0326: "beegfs",
    ]
}
