import Glibc
package import SystemPackage

/// What symbolic links say.
package enum SymbolicLink {
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
