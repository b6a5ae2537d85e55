package import SystemPackage

/// Why no socket can be made at a path.
package enum UnixSocketError: Error, Equatable, Sendable {
    /// A process listens there.
    case inUse(FilePath)
    /// Something that is no socket is there, and it is not ours to remove.
    case notASocket(FilePath, FileKind)
    /// The system knows no group of that name.
    case unknownGroup(String)
    /// Not even the detour for long paths is short enough.
    case pathTooLong(FilePath, limit: Int)
}

extension UnixSocketError: CustomStringConvertible {
    /// The path, the cause and the remedy.
    package var description: String {
        switch self {
        case .inUse(let path):
            "cannot listen at \"\(path)\": another process does; stop it, or choose another path"
        case .notASocket(let path, let kind):
            "cannot listen at \"\(path)\": a \(kind.rawValue) is there; remove it, or choose another path"
        case .unknownGroup(let name):
            "cannot give the socket to group \"\(name)\": the system knows no such group; create it (groupadd)"
        case .pathTooLong(let path, let limit):
            "cannot use the socket \"\(path)\": its path has more than \(limit) bytes; choose a shorter one"
        }
    }
}
