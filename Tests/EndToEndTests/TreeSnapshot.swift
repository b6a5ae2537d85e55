import LinuxSystem
import SystemPackage
import TestSupport

/// Everything that is to be seen of a tree, for the proof that nobody touched it.
struct TreeSnapshot: Equatable {
    /// A file or directory.
    struct Entry: Equatable {
        let status: FileStatus
        let bytes: [UInt8]
    }

    private(set) var entries: [String: Entry] = [:]

    init(_ root: FilePath) throws {
        try add(root)
    }

    private mutating func add(_ path: FilePath) throws {
        let status = try FileStatus.of(path, followSymlinks: false)
        let bytes = status.kind == .regular ? try Fixture.read(path) : []
        entries[path.string] = Entry(status: status, bytes: bytes)
        guard status.kind == .directory else { return }
        for entry in try DirectoryListing.entries(of: path) { try add(path.appending(entry.name)) }
    }
}
