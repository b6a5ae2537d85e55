import LinuxSystem
import SystemPackage

/// Writes what a plan says, and nothing else.
struct SetupWriter {
    /// What all paths are below; `/` but for tests.
    var root: FilePath = "/"

    /// Writes it, the output directory first, so that nothing is left where that cannot be made.
    ///
    /// Throws `Failure` with the path.
    func write(_ plan: SetupPlan) throws {
        if let obstacle = plan.obstacle { throw Failure(.failed, "nothing was written: \(obstacle)") }
        if let directory = plan.directory {
            try attempting(directory.path) { path in
                let owner = (user: directory.user, group: directory.group)
                try Publication.makeDirectory(path, mode: directory.mode, owner: owner)
            }
        }
        for file in plan.files where file.fate.isWritten {
            try attempting(file.path) { path in
                try makeParents(of: path)
                try Publication.write(Array(file.text.utf8), as: path, mode: 0o644)
            }
        }
    }

    // Everybody may look into them, whatever the umask of the one who asks is.
    private func makeParents(of path: FilePath) throws {
        let parent = path.removingLastComponent()
        guard try FileStatus.ifPresent(parent) == nil else { return }
        try makeParents(of: parent)
        try Publication.makeDirectory(parent, mode: 0o755, owner: nil)
    }

    private func attempting(_ path: FilePath, _ body: (FilePath) throws -> Void) throws {
        do {
            try body(root.pushing(FilePath(root: nil, path.components)))
        } catch {
            throw Failure(.cannotWrite, "cannot write \"\(path)\": \(error)")
        }
    }
}
