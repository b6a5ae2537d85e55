import Checkpoints
import LinuxSystem

/// What a file was when its reading began, to be held against what it is at the end.
struct ReadingWitness: Sendable, Equatable {
    private let fingerprint: FileFingerprint
    private let changeTime: Int64
    private let linkCount: Int

    /// Takes down what matters of a file's status.
    init(_ status: FileStatus) {
        fingerprint = FileFingerprint(status)
        changeTime = status.changeTime
        linkCount = status.linkCount
    }

    /// Whether the bytes are those that were there when `earlier` was taken down.
    ///
    /// Size and modification time are not enough: whoever writes can set both back, as tools that preserve times do. The
    /// change time nobody can set, but it moves as well when a name of the file is made or removed, which a pin or a
    /// trainer's rotation does at any time. So another change time tells of other bytes unless the number of names tells
    /// of such a link. What moves it besides, a new mode or a new name, costs another reading, never a wrong average; a
    /// write with both times set back together with a link is what remains unseen.
    func isUnchanged(since earlier: ReadingWitness) -> Bool {
        fingerprint == earlier.fingerprint && (changeTime == earlier.changeTime || linkCount != earlier.linkCount)
    }
}
