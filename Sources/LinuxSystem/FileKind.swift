import Glibc

/// What a path names, as far as this project tells things apart.
package enum FileKind: String, Sendable, Equatable {
    /// A file with bytes in it.
    case regular = "regular file"
    /// A directory.
    case directory = "directory"
    /// A symbolic link itself, not what it leads to.
    case symbolicLink = "symbolic link"
    /// A socket, pipe or device.
    case other = "special file"

    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        default: self = .other
        }
    }
}
