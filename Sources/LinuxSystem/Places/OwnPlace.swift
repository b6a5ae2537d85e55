import Synchronization
package import SystemPackage

/// A directory of the program's own: the root of what it writes, or one below that.
///
/// The root is opened when it is first needed and held from then on; what lies below is reached from there, name by name,
/// and no symbolic link is followed. So whatever is put in the way of a path, nothing else is written to or removed.
package struct OwnPlace: Sendable {
    private final class Root: Sendable {
        let path: FilePath
        let held = Mutex<HeldDirectory?>(nil)

        init(_ path: FilePath) {
            self.path = path
        }
    }

    private let root: Root
    private let names: [(name: String, mode: UInt32)]

    /// The root; nothing is touched yet. It may be a link, to where its owner wants it.
    package init(root path: FilePath) {
        root = Root(path)
        names = []
    }

    private init(_ root: Root, _ names: [(name: String, mode: UInt32)]) {
        self.root = root
        self.names = names
    }

    /// The path for people and for readers.
    package var path: FilePath { root.path.appending(names.map { FilePath.Component($0.name) ?? "." }) }

    /// The place of a name in this one; `mode` is that with which it is made.
    package func place(_ name: String, mode: UInt32 = 0o777) -> OwnPlace {
        OwnPlace(root, names + [(name, mode)])
    }

    /// The directory; nil where it is missing.
    package func open() throws(SystemCallError) -> HeldDirectory? {
        guard var found = try heldRoot() else { return nil }
        for (name, _) in names {
            guard let next = try found.directory(name) else { return nil }
            found = next
        }
        return found
    }

    /// The directory, which is made with those above it where it is missing.
    package func make() throws(SystemCallError) -> HeldDirectory {
        if try heldRoot() == nil { try Publication.makeDirectories(root.path) }
        guard var found = try heldRoot() else {
            throw SystemCallError(call: "open directory", path: root.path, errorNumber: SystemCallError.notFound)
        }
        for (name, mode) in names { found = try found.makeDirectory(name, mode: mode) }
        return found
    }

    private func heldRoot() throws(SystemCallError) -> HeldDirectory? {
        if let held = root.held.withLock(\.self) { return held }
        do {
            let opened = try HeldDirectory(root.path)
            return root.held.withLock { held in
                held = held ?? opened
                return held
            }
        } catch  where error.isNotFound {
            return nil
        }
    }
}
