import Glibc
package import SystemPackage

extension Publication {
    /// Waits until the names in a directory are on the disk.
    package static func synchronizeDirectory(_ path: FilePath) throws(SystemCallError) {
        let descriptor = OwnedDescriptor(
            try systemCall("open directory", path) {
                path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            }
        )
        let number = descriptor.number
        do {
            try systemCall("fsync", path) { fsync(number) }
        } catch  where error.errorNumber == EINVAL || error.errorNumber == EOPNOTSUPP {
            // Some FUSE and network filesystems write names at once and have no fsync of directories.
        }
    }

    /// Waits until all files and directories at and below `path` are on the disk; symbolic links are not followed.
    package static func synchronizeTree(_ path: FilePath) throws {
        switch try FileStatus.of(path, followSymlinks: false).kind {
        case .regular:
            try File.openForReading(path, followSymlinks: false).synchronize()
        case .directory:
            for entry in try DirectoryListing.entries(of: path) {
                try synchronizeTree(path.appending(entry.name))
            }
            try synchronizeDirectory(path)
        case .symbolicLink, .other:
            break
        }
    }

    /// Removes a file, a link, or a directory with everything below it; nothing there is no error.
    ///
    /// Symbolic links are removed and never followed, also those that somebody puts there meanwhile. However deep the tree
    /// is, three directories at most are open at a time: one that holds others hands them to the top, beside the rest.
    package static func removeTree(_ path: FilePath) throws(SystemCallError) {
        do {
            try systemCall("remove", path) { path.withPlatformString { unlinkat(AT_FDCWD, $0, 0) } }
        } catch  where error.isNotFound {
            return
        } catch  where error.errorNumber == EISDIR {
            try removeDirectory(path)
        }
    }

    private static func removeDirectory(_ path: FilePath) throws(SystemCallError) {
        do {
            let top = try DirectoryStream(path, followSymlinks: false)
            var number = 0
            // All names first: on some filesystems a listing skips entries when others are removed meanwhile.
            var names = try top.allNames()
            while let name = names.popLast() {
                try remove(name, in: top, path: path) { inner in
                    number += 1
                    let lifted = FilePath(".lifted-\(HostProcess.identifier)-\(number)")
                    names.append(
                        lifted.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
                    )
                    return lifted
                }
            }
            try systemCall("remove", path) { path.withPlatformString { unlinkat(AT_FDCWD, $0, AT_REMOVEDIR) } }
        } catch  where error.isNotFound {
            // Somebody else has removed it, or put something else there.
        }
    }

    /// Removes an entry of the top; of a directory everything but the directories in it, which are moved to the top.
    private static func remove(
        _ name: [CChar],
        in top: borrowing DirectoryStream,
        path: FilePath,
        lifting: ([CChar]) -> FilePath
    ) throws(SystemCallError) {
        let entry = path.pushing(FilePath(platformString: name))
        let parent = top.descriptor
        do {
            try systemCall("remove", entry) { unlinkat(parent, name, 0) }
        } catch  where error.isNotFound {
            return
        } catch  where error.errorNumber == EISDIR {
            do {
                let stream = try DirectoryStream(FilePath(platformString: name), parent: parent, followSymlinks: false)
                let descriptor = stream.descriptor
                for child in try stream.allNames() {
                    let below = entry.pushing(FilePath(platformString: child))
                    do {
                        try systemCall("remove", below) { unlinkat(descriptor, child, 0) }
                    } catch  where error.isNotFound {
                        continue
                    } catch  where error.errorNumber == EISDIR {
                        let lifted = lifting(child)
                        try systemCall("rename", below, to: path.pushing(lifted)) {
                            lifted.withPlatformString { renameat(descriptor, child, parent, $0) }
                        }
                    }
                }
                try systemCall("remove", entry) { unlinkat(parent, name, AT_REMOVEDIR) }
            } catch  where error.isNotFound {
                // Somebody else has removed it, or put something else there.
            }
        }
    }
}
