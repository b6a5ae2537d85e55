import Glibc
package import SystemPackage

/// A symbolic link that is made and takes its room, but that nobody sees yet.
package struct StagedSymlink: ~Copyable, Sendable {
    private let workshop: FilePath
    private var link: FilePath { workshop.appending("link") }

    /// Makes a link in `staging`, a directory of ours.
    package init(target: String, in staging: FilePath) throws(SystemCallError) {
        let workshop = try Publication.makeTemporaryDirectory(in: staging, prefix: ".link-")
        do {
            try Self.make(workshop.appending("link"), target: target)
        } catch {
            try? Publication.removeTree(workshop)
            throw error
        }
        self.workshop = workshop
    }

    /// Gives it the name `path` on the same filesystem; an older link is replaced in one step, anything else is not.
    package consuming func publish(as path: FilePath) throws(SystemCallError) {
        if let present = try FileStatus.ifPresent(path, followSymlinks: false), present.kind != .symbolicLink {
            throw SystemCallError(call: "replace by a symbolic link", path: path, errorNumber: EEXIST)
        }
        try systemCall("rename", link, to: path) { withPaths(link, path) { rename($0, $1) } }
        try Publication.synchronizeDirectory(parent(of: path))
    }

    private static func make(_ link: FilePath, target: String) throws(SystemCallError) {
        try systemCall("make symbolic link", link) { link.withPlatformString { symlink(target, $0) } }
    }

    deinit {
        try? Publication.removeTree(workshop)
    }
}
