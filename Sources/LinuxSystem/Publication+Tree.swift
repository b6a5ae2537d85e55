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
    /// Symbolic links are removed and never followed, also those that somebody puts there meanwhile.
    package static func removeTree(_ path: FilePath) throws(SystemCallError) {
        let name = path.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
        try remove(name, in: AT_FDCWD, path: path)
    }

    private static func remove(_ name: [CChar], in parent: Int32, path: FilePath) throws(SystemCallError) {
        do {
            try systemCall("remove", path) { unlinkat(parent, name, 0) }
        } catch  where error.isNotFound {
            return
        } catch  where error.errorNumber == EISDIR {
            try removeDirectory(name, in: parent, path: path)
        }
    }

    private static func removeDirectory(_ name: [CChar], in parent: Int32, path: FilePath) throws(SystemCallError) {
        do {
            let stream = try DirectoryStream(FilePath(platformString: name), parent: parent, followSymlinks: false)
            // All names first: on some filesystems a listing skips entries when others are removed meanwhile.
            var children: [[CChar]] = []
            while let (child, _) = try stream.next() {
                children.append(child)
            }
            for child in children {
                try remove(child, in: stream.descriptor, path: path.pushing(FilePath(platformString: child)))
            }
            try systemCall("remove", path) { unlinkat(parent, name, AT_REMOVEDIR) }
        } catch  where error.isNotFound {
            // Somebody else has removed it, or put something else there.
        }
    }
}
