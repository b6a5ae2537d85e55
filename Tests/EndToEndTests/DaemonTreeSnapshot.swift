import LinuxSystem
import SystemPackage
import TestSupport

/// Everything below a directory as it is at one moment, to be compared with another moment.
struct DaemonTreeSnapshot: Equatable {
    /// One entry.
    struct Entry: Equatable {
        let kind: FileKind
        let inode: UInt64
        let modificationTime: Int64
        let mode: UInt32
        let bytes: [UInt8]?
    }

    /// Entries by path below the directory; the directory itself is the empty path.
    let entries: [String: Entry]

    /// Takes in a directory; what is not there is empty.
    init(_ directory: FilePath) throws {
        var entries: [String: Entry] = [:]
        try Self.collect(directory, "", into: &entries)
        self.entries = entries
    }

    private static func collect(_ path: FilePath, _ name: String, into entries: inout [String: Entry]) throws {
        guard let status = try FileStatus.ifPresent(path, followSymlinks: false) else { return }
        let bytes: [UInt8]?
        switch status.kind {
        case .regular: bytes = try Fixture.read(path)
        case .symbolicLink: bytes = Array(try SymbolicLink.target(of: path).string.utf8)
        default: bytes = nil
        }
        entries[name] = Entry(
            kind: status.kind,
            inode: status.inode,
            modificationTime: status.modificationTime,
            mode: status.mode,
            bytes: bytes
        )
        guard status.kind == .directory else { return }
        for entry in try DirectoryListing.entries(of: path) {
            try collect(path.appending(entry.name), name + "/" + entry.name, into: &entries)
        }
    }
}
