/// What kind of filesystem holds a path, as far as a watcher needs to know.
package struct FileSystemKind: Sendable, Equatable {
    /// Its name for people, such as "ext4"; a number such as "0x1234" where it is none of the known ones.
    package let name: String
    /// Whether every change of it passes this kernel, so that inotify(7) tells of all of them.
    ///
    /// False for what other machines, a FUSE process or another layer can change unseen, and for what is not known:
    /// there a watch is accepted as well, and stays silent.
    package let tellsAllChanges: Bool

    /// The kind that a magic number of statfs(2) stands for.
    init(magic: UInt64) {
        let known = Self.local[magic]
        name = known ?? Self.other[magic] ?? "0x" + String(magic, radix: 16)
        tellsAllChanges = known != nil
    }

    // The numbers are those of statfs(2), linux/magic.h and the sources of the filesystems; which of them are local is
    // told by the table of GNU coreutils (src/stat.c), by which `tail -f` decides whether inotify is enough. Here 9p and
    // ecryptfs, which have another side, and what has nothing stored in it are not counted among them.
    private static let local: [UInt64: String] = [
        0xEF53: "ext4",
        0x5846_5342: "xfs",
        0x9123_683E: "btrfs",
        0xCA45_1A4E: "bcachefs",
        0xF2F5_2010: "f2fs",
        0x2FC1_2FC1: "zfs",
        0x0102_1994: "tmpfs",
        0x8584_58F6: "ramfs",
        0x9584_58F6: "hugetlbfs",
        0x4006: "vfat",
        0x4D44: "vfat",
        0x2011_BAB0: "exfat",
        0x5346_544E: "ntfs",
        0x7366_746E: "ntfs3",
        0x3153_464A: "jfs",
        0x5265_4973: "reiserfs",
        0x3434: "nilfs2",
        0x4244: "hfs",
        0x482B: "hfs+",
        0x4858: "hfsx",
        0x1501_3346: "udf",
        0x0001_1954: "ufs",
        0x2405_1905: "ubifs",
        0x72B6: "jffs2",
        0x5A4F_4653: "zonefs",
        0x7371_7368: "squashfs",
        0xE0F5_E1E2: "erofs",
        0x28CD_3D45: "cramfs",
        0x7275: "romfs",
        0x9660: "iso9660",
    ]

    private static let other: [UInt64: String] = [
        0x6969: "nfs",
        0x517B: "smb",
        0xFF53_4D42: "cifs",
        0xFE53_4D42: "smb2",
        0x6573_5546: "fuse",
        0x00C3_6400: "ceph",
        0x0BD0_0BD0: "lustre",
        0x4750_4653: "gpfs",
        0x1983_0326: "beegfs",
        0x2003_0528: "orangefs",
        0xAAD7_AAEA: "panfs",
        0x7461_636F: "ocfs2",
        0x0116_1970: "gfs2",
        0x5346_414F: "afs",
        0x6B41_4653: "kafs",
        0x7375_7245: "coda",
        0x0102_1997: "9p",
        0x794C_7630: "overlay",
        0x6175_6673: "aufs",
        0xF15F: "ecryptfs",
        0x786F_4256: "vboxsf",
        0xBACB_ACBC: "vmhgfs",
        0x7C7C_6673: "prl_fs",
        0x00C0_FFEE: "hostfs",
        0x6163_6673: "acfs",
        0x0131_11A8: "ibrix",
        0x564C: "ncp",
        0xBEEF_DEAD: "snfs",
        0xA501_FCF5: "vxfs",
        0x9FA0: "proc",
        0x6265_6572: "sysfs",
    ]
}
