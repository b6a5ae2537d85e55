package import LinuxSystem
import SystemPackage

/// What tells one version of a file from another without reading it.
///
/// The change time moves also when a name of the file is made or removed, as by a pin or a trainer's rotation, so two
/// fingerprints that differ may be of the same bytes: see `isUnchanged` and `hasSameTimes`.
package struct FileFingerprint: Hashable, Sendable {
    /// Device and inode, which tell a replaced file from an untouched one.
    package let device: UInt64
    /// See `device`.
    package let inode: UInt64
    /// Size in bytes.
    package let byteCount: Int
    /// Modification time in nanoseconds since 1970.
    package let modificationTime: Int64
    /// Last change of bytes, names, owner or mode in nanoseconds since 1970, which no program can set back.
    package let changeTime: Int64
    /// How many names the file has.
    package let linkCount: Int

    /// Takes what matters from a file's status.
    package init(_ status: FileStatus) {
        device = status.device
        inode = status.inode
        byteCount = status.size
        modificationTime = status.modificationTime
        changeTime = status.changeTime
        linkCount = status.linkCount
    }

    init(
        device: UInt64,
        inode: UInt64,
        byteCount: Int,
        modificationTime: Int64,
        changeTime: Int64 = 0,
        linkCount: Int = 1
    ) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modificationTime = modificationTime
        self.changeTime = changeTime
        self.linkCount = linkCount
    }

    /// Whether the bytes are those that were there when `earlier` was taken.
    ///
    /// Size and modification time are not enough: whoever writes can set both back, as tools that preserve times do. So
    /// another change time means other bytes, unless the number of names says that a link was made or removed. What moves
    /// it besides, a new mode or a new name, costs another look, never a wrong average; a write with both times set back
    /// together with a link is what remains unseen.
    package func isUnchanged(since earlier: FileFingerprint) -> Bool {
        hasSameTimes(as: earlier) && (changeTime == earlier.changeTime || linkCount != earlier.linkCount)
    }

    /// Whether both are of one file with the same size and modification time, whatever the change time says.
    package func hasSameTimes(as other: FileFingerprint) -> Bool {
        device == other.device && inode == other.inode && byteCount == other.byteCount
            && modificationTime == other.modificationTime
    }

    /// Whether both hold the same bytes as far as size and modification time tell, wherever they lie.
    ///
    /// A filesystem that keeps coarser times (sshfs, exFAT) rounds that of a copy; it is compared as coarsely.
    package func sameContent(as other: FileFingerprint) -> Bool {
        guard byteCount == other.byteCount else { return false }
        let (distance, isBeyondCounting) = modificationTime.subtractingReportingOverflow(other.modificationTime)
        return distance == 0
            || !isBeyondCounting && distance.magnitude < max(timeGranularity, other.timeGranularity)
    }

    /// The coarsest clock, in nanoseconds, that can have told the modification time; 1 where none of the usual ones can.
    private var timeGranularity: UInt64 {
        let units: [Int64] = [2_000_000_000, 1_000_000_000, 10_000_000, 1_000_000, 1000, 100]
        return UInt64(units.first { modificationTime.isMultiple(of: $0) } ?? 1)
    }
}

/// A file of a checkpoint and the version of it that was looked at.
package struct CheckpointFile: Hashable, Sendable {
    /// The path below the checkpoint's directory; the file's own name where the checkpoint is a single file.
    package let relativePath: String
    /// The version that was looked at.
    package let fingerprint: FileFingerprint

    /// Names a file and its version.
    package init(relativePath: String, fingerprint: FileFingerprint) {
        self.relativePath = relativePath
        self.fingerprint = fingerprint
    }
}
