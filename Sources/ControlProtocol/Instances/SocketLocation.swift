import LinuxSystem
package import SystemPackage

/// Where control sockets are, for daemons that make them and tools that look for them.
package enum SocketLocation {
    /// The socket's name in its instance's runtime directory.
    package static let fileName = "control.sock"

    /// The socket of an instance started by this user: under `/run/lawa` for root, else under the user's runtime
    /// directory, else in a private directory of `/tmp`.
    ///
    /// A unit's `RUNTIME_DIRECTORY` wins, so that the daemon uses what systemd made for it.
    package static func path(instance: String) -> FilePath {
        supervisedPath ?? ownRoot.appending(instance).appending(fileName)
    }

    /// The socket's place in the directory that systemd made for the unit, where tools look first; nil without systemd.
    package static var supervisedPath: FilePath? {
        guard let directory = HostProcess.environment("RUNTIME_DIRECTORY"), !directory.contains(":") else { return nil }
        return FilePath(directory).appending(fileName)
    }

    /// The instance name of a daemon that was given a directory and no configuration: the directory's path with dashes.
    package static func instance(watching directory: FilePath) -> String {
        let name = directory.string.split(separator: "/").joined(separator: "-")
        let safe = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
        return safe.isEmpty ? "root" : String(safe)
    }

    /// Directories that hold the runtime directories of instances, and whose instances those are.
    ///
    /// Root's include those of all users that are logged in or linger.
    package static var roots: [(directory: FilePath, manager: InstanceManager)] {
        let user = HostProcess.effectiveUser
        guard user == 0 else {
            let own = [ownRoot, FilePath("/run/user/\(user)/lawa")]
            return [(systemRoot, .system)] + own.map { ($0, .user(user)) }
        }
        let users = (try? DirectoryListing.entries(of: usersRoot)) ?? []
        return [(systemRoot, .system)]
            + users.compactMap { entry in
                UInt32(entry.name).map { (usersRoot.appending(entry.name).appending("lawa"), .user($0)) }
            }
    }

    private static let systemRoot = FilePath("/run/lawa")
    private static let usersRoot = FilePath("/run/user")

    /// Makes the directory for this user's sockets in /tmp, where a socket is to be in it.
    ///
    /// Everybody may make something of that name.
    ///
    /// - Throws: `SocketDistrust` where somebody has, or where others may write in it.
    package static func claimFallback(for socket: FilePath) throws(SocketDistrust) {
        if socket.starts(with: fallbackRoot) { try claim(fallbackRoot) }
    }

    /// See `claimFallback`.
    static func claim(_ root: FilePath) throws(SocketDistrust) {
        // What else is wrong shows when the socket is made.
        try? Publication.makeDirectories(root, mode: 0o755)
        // Not even root's: this user could put nothing there.
        try SocketTrust(users: [HostProcess.effectiveUser]).requireDirectory(root)
    }

    private static var fallbackRoot: FilePath { FilePath("/tmp/lawa-\(HostProcess.effectiveUser)") }

    private static var ownRoot: FilePath {
        if HostProcess.effectiveUser == 0 { return systemRoot }
        if let directory = HostProcess.environment("XDG_RUNTIME_DIR"), directory.hasPrefix("/") {
            return FilePath(directory).appending("lawa")
        }
        return fallbackRoot
    }
}
