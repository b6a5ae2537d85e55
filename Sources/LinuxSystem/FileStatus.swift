import Glibc
package import SystemPackage

/// What stat(2) says of a file.
package struct FileStatus: Sendable, Equatable {
    /// The filesystem that holds it.
    package let device: UInt64
    /// Its number in that filesystem; (device, inode) tells two files apart.
    package let inode: UInt64
    /// Length in bytes.
    package let size: Int
    /// The room that it takes on its filesystem, in bytes: less than its length where it has holes or is compressed.
    package let allocatedByteCount: Int
    /// Last change of the bytes, in nanoseconds since 1970.
    package let modificationTime: Int64
    /// Last change of bytes, links, owner or mode, in nanoseconds since 1970; no program can set it back.
    package let changeTime: Int64
    /// What it is.
    package let kind: FileKind
    /// How many names it has.
    package let linkCount: Int
    /// Permission bits, without those for the kind.
    package let mode: UInt32
    /// The user it belongs to.
    package let owner: UInt32
    /// The group it belongs to.
    package let group: UInt32
    /// Whether it is a Unix socket, which `kind` does not tell.
    package let isSocket: Bool

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        // In units of 512 bytes, whatever the filesystem's own blocks are.
        let (room, overflows) = Int(status.st_blocks).multipliedReportingOverflow(by: 512)
        allocatedByteCount = overflows ? .max : room
        modificationTime = Self.nanoseconds(status.st_mtim)
        changeTime = Self.nanoseconds(status.st_ctim)
        kind = FileKind(mode: status.st_mode)
        linkCount = Int(status.st_nlink)
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }

    /// The permission bits that a copy made by this process may have at most.
    ///
    /// Others get no more than they have; the group neither where this process has the file as its owner or as root. Where
    /// it reads the file by a group or by a right of its own, a copy has a group of its own, and the umask says what that
    /// may do.
    package var limitOfCopies: UInt32 {
        let user = HostProcess.effectiveUser
        return mode | (user == 0 || owner == user ? 0o700 : 0o770)
    }

    /// Asks for the file at `path`; a symbolic link is followed unless told otherwise.
    package static func of(_ path: FilePath, followSymlinks: Bool = true) throws(SystemCallError) -> FileStatus {
        var status = stat()
        try systemCall("stat", path) {
            path.withPlatformString { fstatat(AT_FDCWD, $0, &status, followSymlinks ? 0 : AT_SYMLINK_NOFOLLOW) }
        }
        return FileStatus(status)
    }

    /// The same, but nil where nothing is at `path`.
    package static func ifPresent(
        _ path: FilePath,
        followSymlinks: Bool = true
    ) throws(SystemCallError) -> FileStatus? {
        do {
            return try of(path, followSymlinks: followSymlinks)
        } catch  where error.isNotFound {
            return nil
        }
    }

    // A forged time stamp may be out of range; it must not trap.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
