package import LinuxSystem
import SystemPackage

/// What tells one version of a file from another without reading it.
///
/// The change time is left out on purpose: a hard link made or removed elsewhere (a pin, a trainer's rotation) moves it
/// while the bytes stay the same.
package struct FileFingerprint: Hashable, Sendable {
    /// Device and inode, which tell a replaced file from an untouched one.
    package let device: UInt64
    /// See `device`.
    package let inode: UInt64
    /// Size in bytes.
    package let byteCount: Int
    /// Modification time in nanoseconds since 1970.
    package let modificationTime: Int64

    /// Takes what matters from a file's status.
    package init(_ status: FileStatus) {
        device = status.device
        inode = status.inode
        byteCount = status.size
        modificationTime = status.modificationTime
    }

    init(device: UInt64, inode: UInt64, byteCount: Int, modificationTime: Int64) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modificationTime = modificationTime
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
