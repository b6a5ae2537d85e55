import LinuxSystem
import SystemPackage

/// Which symbolic links of a checkpoint are followed by a process that may read everything.
///
/// Whoever may write into a run could otherwise have any file read, and shown in an average, by a link to it. So a link
/// that leaves the run is followed only where whoever made it could have read the file without help: root, and the
/// file's owner. Without such rights the kernel decides.
struct LinkRule {
    private let run: FilePath
    private let isNeeded: Bool

    /// The rule for what lies in a run's directory.
    init(run: FilePath, isNeeded: Bool = HostProcess.readsAnything) {
        self.run = run
        self.isNeeded = isNeeded
    }

    /// Throws `Incompleteness.leavesRun` where an entry is a link that must not be followed.
    ///
    /// - Parameters:
    ///   - name: what the entry is called in the error.
    ///   - target: the status of what the link was found to lead to; nil asks for it.
    func check(_ entry: FilePath, named name: String, target: FileStatus? = nil) throws {
        guard isNeeded else { return }
        let link = try FileStatus.of(entry, followSymlinks: false)
        guard link.kind == .symbolicLink, link.owner != 0 else { return }
        let target = try target ?? FileStatus.of(entry)
        guard link.owner != target.owner else { return }
        let end = SymbolicLink.resolved(entry)
        // What the link leads to now must be what was looked at.
        let isSame = try FileIdentity(FileStatus.of(end)) == FileIdentity(target)
        guard isSame, end.starts(with: SymbolicLink.resolved(run)) else {
            throw Incompleteness.leavesRun(file: name, target: "\(end)")
        }
    }
}
