import Checkpoints
import LinuxSystem
import SystemPackage

/// Who may read an average: nobody who may not read all of its members, each of which limits it as a copy of it would be
/// (`FileStatus.limitOfCopies`).
struct StagedModes {
    private let common: UInt32

    /// Looks at the members of a window.
    init(_ window: CheckpointWindow) throws(SystemCallError) {
        var common: UInt32 = 0o777
        for checkpoint in window.members {
            for file in checkpoint.weights {
                common &= try FileStatus.of(checkpoint.candidate.path(of: file)).limitOfCopies
            }
        }
        self.common = common
    }

    /// Takes away what goes beyond the members' modes from all that was staged at `path` and below.
    func apply(at path: FilePath) throws(SystemCallError) {
        let status = try FileStatus.of(path, followSymlinks: false)
        switch status.kind {
        case .directory:
            for entry in try DirectoryListing.entries(of: path) { try apply(at: path.appending(entry.name)) }
            // Who may read a file has to get there.
            try Publication.restrict(path, to: common | common >> 2 & 0o111)
        case .regular: try Publication.restrict(path, to: common)
        case .symbolicLink, .other: break
        }
    }
}
