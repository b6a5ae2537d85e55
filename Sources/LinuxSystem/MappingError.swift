package import SystemPackage

/// Why a mapped file cannot be trusted, or not be mapped at all.
package enum MappingError: Error, Equatable, Sendable {
    /// The file is shorter than the mapping, or was for a while; what was read from it may be zeros.
    case truncated(FilePath)
    /// The device could not deliver some of the pages; what was read from it may be zeros.
    case unreadable(FilePath)
    /// The guard against lost pages has no room left.
    case tooManyMappings(FilePath, limit: Int)
}

extension MappingError: CustomStringConvertible {
    /// The operation, the path and the cause.
    package var description: String {
        switch self {
        case .truncated(let path):
            "cannot read \"\(path)\" to its end: the file was truncated meanwhile; read it again when it is complete"
        case .unreadable(let path):
            "cannot read all of \"\(path)\": the device or the filesystem failed; look at the kernel log (dmesg)"
        case .tooManyMappings(let path, let limit):
            "cannot map \"\(path)\": \(limit) files are mapped already; average fewer files at once"
        }
    }
}
