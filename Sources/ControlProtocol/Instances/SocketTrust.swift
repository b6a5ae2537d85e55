import LinuxSystem
package import SystemPackage

/// Why a control socket, or a directory for them, is passed over.
package struct SocketDistrust: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is passed over.
    package let path: FilePath
    /// What is wrong with it.
    package let reason: String

    /// Makes the record.
    package init(path: FilePath, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The path, the reason and the remedy.
    package var description: String {
        "passed over \"\(path)\": \(reason); name a socket with --socket if it is to be asked all the same"
    }
}

/// Whose files and processes may be taken for a daemon's, at one place.
struct SocketTrust {
    /// Who is trusted: always root and whoever asks.
    private(set) var users: Set<UInt32>

    /// Trusts, besides, the user whose service manager has its sockets at a place.
    init(_ manager: InstanceManager) {
        users = [0, HostProcess.effectiveUser]
        if case .user(let user) = manager { users.insert(user) }
    }

    /// Trusts these.
    init(users: Set<UInt32>) {
        self.users = users
    }

    /// The same with the owner of a directory that trusted users have made, as the system's manager does for services.
    func including(ownerOf directory: FilePath, manager: InstanceManager) -> SocketTrust {
        var trust = self
        if manager == .system, let owner = Self.status(directory)?.owner { trust.users.insert(owner) }
        return trust
    }

    /// Refuses a directory in which others than trusted users can put something.
    func requireDirectory(_ path: FilePath) throws(SocketDistrust) {
        guard let status = Self.status(path) else { return }
        guard status.kind == .directory else { throw SocketDistrust(path: path, reason: "it is no directory") }
        try requireOwner(status, path)
        guard status.mode & 0o022 == 0 else {
            throw SocketDistrust(path: path, reason: "others than its owner may write in it")
        }
    }

    /// Refuses a socket, or what a link leads to, of somebody else.
    func requireSocket(_ path: FilePath) throws(SocketDistrust) {
        guard let status = try? FileStatus.ifPresent(path) else { return }
        try requireOwner(status, path)
    }

    /// Refuses a process at the other end that is somebody else's.
    func requirePeer(_ user: UInt32, at path: FilePath) throws(SocketDistrust) {
        guard users.contains(user) else {
            throw SocketDistrust(path: path, reason: "user \(Self.name(user)) listens there")
        }
    }

    private func requireOwner(_ status: FileStatus, _ path: FilePath) throws(SocketDistrust) {
        guard users.contains(status.owner) else {
            throw SocketDistrust(path: path, reason: "it belongs to user \(Self.name(status.owner))")
        }
    }

    // What may not be looked at, or is not there, is for whoever asks it to find out.
    private static func status(_ path: FilePath) -> FileStatus? {
        try? FileStatus.ifPresent(path, followSymlinks: false)
    }

    private static func name(_ user: UInt32) -> String {
        HostProcess.userName(of: user).map { "\($0) (\(user))" } ?? "\(user)"
    }
}
