import LinuxSystem
package import SystemPackage

/// The control sockets in the usual places, and what was passed over there.
package struct FoundSockets: Sendable, Equatable {
    /// The most instances of another user that are asked: whoever may make directories must not keep root's tools busy.
    static let othersLimit = 16

    /// Sockets that exist.
    package private(set) var sockets: [InstanceSocket] = []
    /// What is not trusted.
    package private(set) var passedOver: [SocketDistrust] = []

    /// Looks through directories that hold the runtime directories of instances.
    package init(in roots: [(directory: FilePath, manager: InstanceManager)] = SocketLocation.roots) {
        for root in roots where !sockets.contains(where: { $0.path.starts(with: root.directory) }) {
            do {
                try look(in: root.directory, root.manager)
            } catch {
                passedOver.append(error)
            }
        }
    }

    private mutating func look(in root: FilePath, _ manager: InstanceManager) throws(SocketDistrust) {
        let trust = SocketTrust(manager)
        try trust.requireDirectory(root)
        var count = 0
        // A root that is missing or closed to this user has nothing to offer.
        for entry in (try? DirectoryListing.entries(of: root)) ?? [] where entry.kind == .directory {
            let directory = root.appending(entry.name)
            let path = directory.appending(SocketLocation.fileName)
            guard Self.isThere(path) else { continue }
            count += 1
            if manager.isOther, count > Self.othersLimit {
                throw SocketDistrust(path: root, reason: "its user has more than \(Self.othersLimit) instances")
            }
            do throws(SocketDistrust) {
                let trust = trust.including(ownerOf: directory, manager: manager)
                try trust.requireDirectory(directory)
                try trust.requireSocket(path)
                sockets.append(
                    InstanceSocket(instance: entry.name, manager: manager, path: path, owners: trust.users)
                )
            } catch {
                passedOver.append(error)
            }
        }
    }

    // What may not be looked at may be there; asking it tells.
    private static func isThere(_ path: FilePath) -> Bool {
        do {
            return try FileStatus.ifPresent(path) != nil
        } catch {
            return error.isPermissionDenied
        }
    }
}
