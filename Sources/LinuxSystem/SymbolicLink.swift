import Glibc
package import SystemPackage

/// What symbolic links say.
package enum SymbolicLink {
    /// Where a path leads once all links on it are followed; what does not exist yet keeps its name.
    package static func resolved(_ path: FilePath) -> FilePath {
        var present = path
        var missing: [FilePath.Component] = []
        while let last = present.lastComponent {
            if let end = present.withPlatformString({ realpath($0, nil) }) {
                defer { free(end) }
                return FilePath(platformString: end).appending(missing.reversed())
            }
            missing.append(last)
            present.removeLastComponent()
        }
        return path
    }

    /// The path that a link holds, as it is written there; it may lead nowhere.
    package static func target(of link: FilePath) throws(SystemCallError) -> FilePath {
        // The kernel stores no longer ones.
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        try systemCall("read symbolic link", link) {
            link.withPlatformString { readlink($0, &target, Int(PATH_MAX)) }
        }
        return FilePath(platformString: target)
    }
}
