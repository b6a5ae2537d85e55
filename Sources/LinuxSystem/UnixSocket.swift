import CLinux
import Glibc
package import SystemPackage

/// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made.
package struct PeerCredentials: Sendable, Equatable {
    /// Process id.
    package let pid: Int32
    /// User id.
    package let uid: UInt32
    /// Group id.
    package let gid: UInt32

    /// Makes the record.
    package init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }
}

/// Stream sockets with a path.
package enum UnixSocket {
    /// The bytes that a socket address has for a path, without the zero at its end.
    static let pathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Connects to a listening socket and returns the descriptor, which is the caller's to close.
    ///
    /// It blocks and is close-on-exec. The path may be of any length.
    ///
    /// - Parameter check: is given the user who listens there; what it throws ends the connection.
    package static func connect(_ path: FilePath, check: (UInt32) throws -> Void = { _ in }) throws -> Int32 {
        let socket = try connect(path, flags: 0)
        try check(peer(of: socket.number).uid)
        return socket.relinquish()
    }

    /// The process at the other end of a connected socket.
    package static func peer(of descriptor: Int32) throws(SystemCallError) -> PeerCredentials {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        try systemCall("ask for the peer of a socket") { lawa_peer_credentials(descriptor, &pid, &uid, &gid) }
        return PeerCredentials(pid: pid, uid: uid, gid: gid)
    }

    /// The same as `connect`, with further flags for socket(2).
    static func connect(_ path: FilePath, flags: Int32) throws -> OwnedDescriptor {
        let socket = try make(flags: flags)
        let number = socket.number
        if path.length <= pathLimit {
            try connect(number, to: path, named: path)
        } else {
            // The kernel follows the link in /proc to the socket itself.
            let target = OwnedDescriptor(
                try systemCall("connect to", path) { path.withPlatformString { lawa_open_path($0, false) } }
            )
            try connect(number, to: FilePath("/proc/self/fd/\(target.number)"), named: path)
        }
        return socket
    }

    /// A new stream socket, close-on-exec.
    static func make(flags: Int32) throws(SystemCallError) -> OwnedDescriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | flags
        return OwnedDescriptor(try systemCall("make socket") { socket(AF_UNIX, type, 0) })
    }

    /// Hands the address of a path to a system call; `subject` is the path to name when it is too long.
    @discardableResult
    static func withAddress<Result>(
        _ path: FilePath,
        named subject: FilePath,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        guard path.length <= pathLimit else {
            throw UnixSocketError.pathTooLong(subject, limit: pathLimit)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        path.withPlatformString { text in
            withUnsafeMutableBytes(of: &address.sun_path) { field in
                field.copyMemory(from: UnsafeRawBufferPointer(start: text, count: path.length))
            }
        }
        let size = socklen_t(MemoryLayout.size(ofValue: address))
        return try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, size) }
        }
    }

    private static func connect(_ socket: Int32, to path: FilePath, named subject: FilePath) throws {
        try withAddress(path, named: subject) { address, size in
            try systemCall("connect to", subject) { Glibc.connect(socket, address, size) }
        }
    }
}
