import Glibc
package import SystemPackage

/// A directory that is held by a descriptor, so that nothing that takes its name meanwhile is mistaken for it.
package final class HeldDirectory: Sendable {
    /// Where the kernel shows a process its own descriptors.
    static let anchorRoot = "/proc/self/fd/"

    /// The path by which it was found, for people.
    package let path: FilePath
    /// Which directory it is.
    package let identity: FileIdentity
    private let owned: OwnedDescriptor

    /// Opens a directory; links on the way to it are followed, and one in its place as well.
    package convenience init(_ path: FilePath) throws(SystemCallError) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let number = try systemCall("open directory", path) { path.withPlatformString { open($0, flags) } }
        try self.init(path, OwnedDescriptor(number))
    }

    private init(_ path: FilePath, _ owned: consuming OwnedDescriptor) throws(SystemCallError) {
        var status = stat()
        let number = owned.number
        try systemCall("stat", path) { fstat(number, &status) }
        self.path = path
        self.owned = owned
        identity = FileIdentity(FileStatus(status))
    }

    /// The directory by its descriptor: what is below this path is in this very directory, for as long as it is held.
    ///
    /// Whoever uses the path keeps this object until then, by `keep` where nothing else does: the number of a descriptor
    /// that was closed is soon another's.
    package var anchor: FilePath { FilePath("\(Self.anchorRoot)\(owned.number)") }

    /// The directory of a name in this one; nil where nothing has the name.
    ///
    /// Throws where something else has it, a symbolic link above all, which is never followed.
    package func directory(_ name: String) throws(SystemCallError) -> HeldDirectory? {
        let path = path.appending(name)
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let parent = owned.number
        do {
            let number = try systemCall(Self.openingOwn, path) { openat(parent, name, flags) }
            return try HeldDirectory(path, OwnedDescriptor(number))
        } catch {
            if error.errorNumber == ENOENT { return nil }
            // The kernel says ENOTDIR of a link that it was told not to follow.
            guard error.errorNumber == ENOTDIR, let target = try? SymbolicLink.target(of: anchor.appending(name)) else {
                throw error
            }
            throw SystemCallError(call: Self.openingOwn, path: path, destination: target, errorNumber: ELOOP)
        }
    }

    /// The directory of a name in this one, which is made where nothing has the name.
    package func makeDirectory(_ name: String, mode: UInt32 = 0o777) throws(SystemCallError) -> HeldDirectory {
        let path = path.appending(name)
        let parent = owned.number
        do {
            try systemCall("make directory", path) { mkdirat(parent, name, mode) }
        } catch  where error.errorNumber == EEXIST {
            // What has the name is looked at next.
        }
        guard let made = try directory(name) else {
            throw SystemCallError(call: "make directory", path: path, errorNumber: ENOENT)
        }
        return made
    }

    /// Holds the directory up to this call, which therefore stands in a `defer`.
    package func keep() {
        withExtendedLifetime(self) {}
    }

    /// Takes a lock that ends with the process or with this object; false where another process has it.
    package func lock() throws(SystemCallError) -> Bool {
        let number = owned.number
        do {
            try systemCall("lock", path) { flock(number, LOCK_EX | LOCK_NB) }
            return true
        } catch  where error.errorNumber == EWOULDBLOCK {
            return false
        }
    }

    /// What errors call the opening of a directory that must not be a link.
    static let openingOwn = "open as a directory of its own"
}
