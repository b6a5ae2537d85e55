import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct FileSystemTests {
    @Test func spaceIsPlausible() throws {
        try withTemporaryDirectory { directory in
            let space = try FileSystem.space(at: directory)
            #expect(space.total > 0 && space.available >= 0 && space.available <= space.total)
        }
    }

    @Test(arguments: [("/proc", "proc"), ("/sys", "sysfs")] as [(FilePath, String)])
    func knowsTheCommonOnes(path: FilePath, name: String) throws {
        #expect(try FileSystem.kind(at: path).name == name)
    }

    @Test(
        "what passes this kernel alone tells of every change; the rest and the unknown do not",
        arguments: [
            (0xEF53, "ext4", true), (0x5846_5342, "xfs", true), (0x9123_683E, "btrfs", true),
            (0xCA45_1A4E, "bcachefs", true), (0xF2F5_2010, "f2fs", true), (0x0102_1994, "tmpfs", true),
            (0x8584_58F6, "ramfs", true), (0x2FC1_2FC1, "zfs", true), (0x4D44, "vfat", true),
            (0x2011_BAB0, "exfat", true),
            (0x7366_746E, "ntfs3", true), (0x3153_464A, "jfs", true), (0x5265_4973, "reiserfs", true),
            (0x3434, "nilfs2", true), (0x7371_7368, "squashfs", true), (0xE0F5_E1E2, "erofs", true),
            (0x6969, "nfs", false), (0xFF53_4D42, "cifs", false), (0xFE53_4D42, "smb2", false), (0x517B, "smb", false),
            (0x6573_5546, "fuse", false), (0x00C3_6400, "ceph", false), (0x0BD0_0BD0, "lustre", false),
            (0x4750_4653, "gpfs", false), (0x1983_0326, "beegfs", false), (0x0102_1997, "9p", false),
            (0x794C_7630, "overlay", false), (0x6175_6673, "aufs", false), (0xAAD7_AAEA, "panfs", false),
            (0x7461_636F, "ocfs2", false), (0x0116_1970, "gfs2", false), (0x5346_414F, "afs", false),
            (0x786F_4256, "vboxsf", false), (0x9FA0, "proc", false), (0x1234, "0x1234", false), (0, "0x0", false),
        ] as [(UInt64, String, Bool)]
    )
    func classifies(magic: UInt64, name: String, tellsAllChanges: Bool) {
        let kind = FileSystemKind(magic: magic)
        #expect(kind.name == name)
        #expect(kind.tellsAllChanges == tellsAllChanges)
    }

    @Test func theTemporaryDirectoryHasANameAndAKind() throws {
        try withTemporaryDirectory { directory in
            let kind = try FileSystem.kind(at: directory)
            #expect(!kind.name.hasPrefix("0x"), "the filesystem of \(directory) is not in the table")
        }
    }

    @Test func aFilesystemOfProcessesTellsNothing() throws {
        #expect(try !FileSystem.kind(at: "/proc").tellsAllChanges)
    }

    @Test func whatIsMissingHasNone() {
        #expect(throws: SystemCallError.self) { try FileSystem.space(at: "/missing/path") }
        #expect(throws: SystemCallError.self) { try FileSystem.kind(at: "/missing/path") }
    }
}
