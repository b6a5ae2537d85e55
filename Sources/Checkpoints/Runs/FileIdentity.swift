/// What tells two files apart, whatever their names: the filesystem and the number in it.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// The file that a fingerprint is of.
    package init(_ fingerprint: FileFingerprint) {
        device = fingerprint.device
        inode = fingerprint.inode
    }
}

extension Checkpoint {
    /// The files that its weights are in.
    package var weightFiles: Set<FileIdentity> {
        Set(weights.map { FileIdentity($0.fingerprint) })
    }
}
