@testable import Checkpoints

extension FileFingerprint {
    /// The same file as written at another time, in nanoseconds since 1970.
    func modified(at time: Int64) -> FileFingerprint {
        FileFingerprint(
            device: device,
            inode: inode,
            byteCount: byteCount,
            modificationTime: time,
            changeTime: changeTime,
            linkCount: linkCount
        )
    }
}
