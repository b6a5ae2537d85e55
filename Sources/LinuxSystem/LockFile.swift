import Glibc
package import SystemPackage

/// A lock that one process at a time has, by a file that stays; the kernel frees it when the holder ends in any way.
package final class LockFile: Sendable {
    /// The file.
    package let path: FilePath
    private let owned: OwnedDescriptor

    private init(_ path: FilePath, _ owned: consuming OwnedDescriptor) {
        self.path = path
        self.owned = owned
    }

    deinit {
        // Closing is not enough: a child that is between fork and exec has the descriptor too, and with it the lock.
        flock(owned.number, LOCK_UN)
    }

    /// Takes the lock and notes process id and `holder` in the file, or throws `LockError.held` at once.
    ///
    /// The file is made where it is missing. It is never removed: a lock on a removed file would exclude nobody.
    ///
    /// - Parameter directory: the directory that holds it, where that must not be found by its path again.
    package static func acquire(
        _ path: FilePath,
        in directory: HeldDirectory? = nil,
        holder: String
    ) throws -> LockFile {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let place = directory.map { $0.anchor.appending(path.lastComponent ?? ".") } ?? path
        let number = try systemCall("open", place) { place.withPlatformString { open($0, flags, 0o666) } }
        let lock = LockFile(path, OwnedDescriptor(number))
        do {
            try systemCall("lock", path) { flock(number, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.errorNumber == EWOULDBLOCK else {
                throw error
            }
            throw LockError.held(path: path, by: describeHolder(number))
        }
        let note = Array("\(HostProcess.identifier) \(holder)\n".utf8)
        try systemCall("truncate", path) { ftruncate(number, 0) }
        try systemCall("write", path) { pwrite(number, note, note.count, 0) }
        return lock
    }

    /// Throws `LockError.lost` where the path no longer leads to the file that is locked.
    ///
    /// A place that cannot be looked at, as on a file server that does not answer, counts as unchanged.
    package func requireInPlace() throws(LockError) {
        do {
            let present = try FileStatus.ifPresent(path, followSymlinks: false)
            var own = stat()
            guard fstat(owned.number, &own) == 0 else { return }
            if present?.device == UInt64(own.st_dev), present?.inode == UInt64(own.st_ino) { return }
        } catch {
            return
        }
        throw .lost(path: path)
    }

    private static func describeHolder(_ descriptor: Int32) -> String {
        var note = [UInt8](repeating: 0, count: 1024)
        let count = pread(descriptor, &note, note.count, 0)
        let line = String(decoding: note.prefix(max(0, count)), as: UTF8.self).prefix { $0 != "\n" }
        let words = line.split(separator: " ", maxSplits: 1)
        guard let identifier = words.first.flatMap({ Int32($0) }) else {
            return "a process that did not say which"
        }
        return "process \(identifier)" + (words.count > 1 ? " (\(words[1]))" : "")
    }
}
