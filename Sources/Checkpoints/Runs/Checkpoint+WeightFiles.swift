package import LinuxSystem

extension FileIdentity {
    /// The file that a fingerprint is of.
    package init(_ fingerprint: FileFingerprint) {
        self.init(device: fingerprint.device, inode: fingerprint.inode)
    }
}

extension Checkpoint {
    /// The files that its weights are in.
    package var weightFiles: Set<FileIdentity> {
        Set(weights.map { FileIdentity($0.fingerprint) })
    }
}
