import CLinux
import Glibc
package import SystemPackage

/// A listening Unix socket with a path, nonblocking and close-on-exec.
///
/// The path appears only when the socket listens and has its mode and group, and it replaces a dead one in one step.
package final class UnixSocketListener: Sendable {
    private static let backlog: Int32 = 128

    /// Where clients connect.
    package let path: FilePath
    private let device: UInt64
    private let inode: UInt64
    let descriptor: Int32

    private init(path: FilePath, status: FileStatus, descriptor: Int32) {
        self.path = path
        device = status.device
        inode = status.inode
        self.descriptor = descriptor
    }

    /// Listens at `path` with permission bits `mode`, owned by `group` unless nil.
    ///
    /// A socket that nobody listens to is replaced. Throws `UnixSocketError` where somebody does, or where something
    /// else is there, and `SystemCallError`.
    package static func bind(_ path: FilePath, mode: UInt32, group: String?) throws -> UnixSocketListener {
        let groupID = try group.map(resolveGroup)
        try refuseLivingOrForeign(path)
        let directory = OwnedDescriptor(
            try systemCall("open directory", parent(of: path)) {
                parent(of: path).withPlatformString { lawa_open_path($0, true) }
            }
        )
        let temporary = temporaryPath(for: path, directory: directory.number)
        _ = temporary.withPlatformString { Glibc.unlink($0) }
        do {
            let socket = try listen(at: temporary, named: path, mode: mode, group: groupID)
            let status = try FileStatus.of(temporary, followSymlinks: false)
            try systemCall("rename socket to", path) { withPaths(temporary, path) { rename($0, $1) } }
            return UnixSocketListener(path: path, status: status, descriptor: socket.relinquish())
        } catch {
            _ = temporary.withPlatformString { Glibc.unlink($0) }
            throw error
        }
    }

    /// Ends `accept`, now or where it is called later; nobody can connect any more.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Removes the path, unless another socket has taken it since.
    package func unlink() {
        guard
            let status = try? FileStatus.of(path, followSymlinks: false),
            status.device == device, status.inode == inode
        else {
            return
        }
        _ = path.withPlatformString { Glibc.unlink($0) }
    }

    deinit {
        close(descriptor)
    }

    private static func resolveGroup(_ name: String) throws(UnixSocketError) -> gid_t {
        guard let identifier = HostProcess.groupID(named: name) else {
            throw UnixSocketError.unknownGroup(name)
        }
        return identifier
    }

    private static func refuseLivingOrForeign(_ path: FilePath) throws {
        guard let status = try FileStatus.ifPresent(path, followSymlinks: false) else {
            return
        }
        guard status.isSocket else {
            throw UnixSocketError.notASocket(path, status.kind)
        }
        do {
            _ = try UnixSocket.connect(path, flags: Int32(SOCK_NONBLOCK.rawValue))
            throw UnixSocketError.inUse(path)
        } catch let error as SystemCallError {
            switch error.errorNumber {
            case ECONNREFUSED, ENOENT: return
            // A full queue and a socket of another type are signs of life too.
            case EAGAIN, EPROTOTYPE: throw UnixSocketError.inUse(path)
            default: throw error
            }
        }
    }

    // A hidden name beside the final one, which tools like ss will show; a directory that is too long to name is
    // reached by its descriptor.
    private static func temporaryPath(for path: FilePath, directory: Int32) -> FilePath {
        let thread = HostProcess.threadIdentifier
        let telling = parent(of: path).appending(".\(path.lastComponent?.string ?? "")-\(thread)")
        return telling.length <= UnixSocket.pathLimit
            ? telling : FilePath("/proc/self/fd/\(directory)/.socket-\(thread)")
    }

    // `path` is the one to name in errors.
    private static func listen(
        at temporary: FilePath,
        named path: FilePath,
        mode: UInt32,
        group: gid_t?
    ) throws -> OwnedDescriptor {
        let socket = try UnixSocket.make(flags: Int32(SOCK_NONBLOCK.rawValue))
        let number = socket.number
        try UnixSocket.withAddress(temporary, named: path) { address, size in
            try systemCall("make socket at", path) { Glibc.bind(number, address, size) }
        }
        if let group {
            try systemCall("give a group the socket", path) {
                temporary.withPlatformString { lchown($0, uid_t.max, group) }
            }
        }
        try systemCall("set the mode of socket", path) { temporary.withPlatformString { chmod($0, mode) } }
        try systemCall("listen at", path) { Glibc.listen(number, backlog) }
        return socket
    }
}
