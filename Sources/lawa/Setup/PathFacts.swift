import LinuxSystem
import SystemPackage

/// An existing path, and the permissions of all directories through which it leads.
struct PathFacts: Equatable, Sendable {
    /// One of the files on a path.
    struct Part: Equatable, Sendable {
        let path: FilePath
        let permissions: AccessRules
    }

    /// The directories on the way, from the root on.
    let way: [Part]
    /// What the path names, links followed.
    let end: Part

    /// The first file that keeps somebody from doing `access` with what the path names; nil where nothing does.
    func refusal(of access: AccessRules.Access, to rights: Rights) -> Part? {
        way.first { !rights.allow(.search, $0.permissions) } ?? (rights.allow(access, end.permissions) ? nil : end)
    }
}

/// Who asks for access: a user, groups, and what goes beyond modes.
struct Rights: Equatable, Sendable {
    /// What capabilities add.
    enum Capability: Equatable, Sendable {
        case none
        /// CAP_DAC_READ_SEARCH: reading and searching whatever the mode says.
        case reading
        /// Root outside a service: everything.
        case all
    }

    let user: UInt32
    let groups: Set<UInt32>
    var capability = Capability.none

    /// Whether a file with these permissions may be accessed so.
    func allow(_ access: AccessRules.Access, _ permissions: AccessRules) -> Bool {
        switch capability {
        case .all: true
        case .reading where !access.contains(.write): true
        default: permissions.grant(access, user: user, groups: groups)
        }
    }
}

extension PathFacts {
    /// Looks at a path; nil where it does not exist or may not be looked at.
    init?(of path: FilePath) {
        guard let end = try? FileStatus.of(path) else { return nil }
        // Both ways: the link's own directories and those that it leads to.
        var directories: [FilePath] = []
        for path in [path, SymbolicLink.resolved(path)] {
            for directory in Self.directories(above: path) where !directories.contains(directory) {
                directories.append(directory)
            }
        }
        way = directories.compactMap { directory in
            (try? FileStatus.of(directory)).map { Part(path: directory, permissions: $0.permissions) }
        }
        self.end = Part(path: path, permissions: end.permissions)
    }

    /// The same for the path, or else for the nearest directory above it that exists.
    static func nearest(to path: FilePath) -> PathFacts? {
        var path = path
        while true {
            if let facts = PathFacts(of: path) { return facts }
            guard path.lastComponent != nil else { return nil }
            path.removeLastComponent()
        }
    }

    private static func directories(above path: FilePath) -> [FilePath] {
        var directories: [FilePath] = []
        var directory = path
        while directory.lastComponent != nil {
            directory.removeLastComponent()
            directories.insert(directory, at: 0)
        }
        return directories
    }
}
