import Glibc
package import SystemPackage

extension Publication {
    /// Makes `path` a file with these bytes and exactly this mode; readers see the old or the new, never half.
    package static func write(_ bytes: [UInt8], as path: FilePath, mode: UInt32) throws {
        let name = path.lastComponent?.string ?? ""
        let staged = parent(of: path).appending(".\(name).\(HostProcess.identifier)")
        do {
            let file = try File.create(staged, mode: mode)
            try bytes.withUnsafeBytes { try file.write($0, at: 0) }
            try systemCall("set the mode of", staged) { fchmod(file.descriptor, mode) }
            try file.synchronize()
            try publish(staged: staged, as: path)
        } catch {
            // Nothing that somebody else has put there is removed.
            if (error as? SystemCallError)?.isAlreadyPresent != true { try? removeTree(staged) }
            throw error
        }
    }

    /// Takes away the permission bits of a file or directory that `mode` does not have; links are not followed.
    package static func restrict(_ path: FilePath, to mode: UInt32) throws(SystemCallError) {
        let present = try FileStatus.of(path, followSymlinks: false)
        guard present.kind != .symbolicLink, present.mode & ~mode != 0 else { return }
        try systemCall("set the mode of", path) { path.withPlatformString { chmod($0, present.mode & mode) } }
    }

    /// Makes one directory that is not there yet, with exactly this mode and, where given, this owner.
    ///
    /// The owner is set through a descriptor of what was made, so that nobody can put a link in its place meanwhile.
    package static func makeDirectory(
        _ path: FilePath,
        mode: UInt32,
        owner: (user: UInt32, group: UInt32)?
    ) throws(SystemCallError) {
        try systemCall("make directory", path) { path.withPlatformString { mkdir($0, 0o700) } }
        do {
            try settle(path, mode: mode, owner: owner)
        } catch {
            _ = path.withPlatformString { rmdir($0) }
            throw error
        }
        try synchronizeDirectory(parent(of: path))
    }

    private static func settle(
        _ path: FilePath,
        mode: UInt32,
        owner: (user: UInt32, group: UInt32)?
    ) throws(SystemCallError) {
        let directory = OwnedDescriptor(
            try systemCall("open directory", path) {
                path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
            }
        )
        let number = directory.number
        if let owner {
            try systemCall("give away", path) { fchown(number, owner.user, owner.group) }
        }
        // After the owner, whose change takes the set-group-ID bit away.
        try systemCall("set the mode of", path) { fchmod(number, mode) }
    }
}
