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
        if let directory = HostProcess.environment("RUNTIME_DIRECTORY"), !directory.contains(":") {
            return FilePath(directory).appending(fileName)
        }
        return ownRoot.appending(instance).appending(fileName)
    }

    /// The instance name of a daemon that was given a directory and no configuration: the directory's path with dashes.
    package static func instance(watching directory: FilePath) -> String {
        let name = directory.string.split(separator: "/").joined(separator: "-")
        let safe = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
        return safe.isEmpty ? "root" : String(safe)
    }

    /// Sockets that exist in the places of system and user instances, by instance.
    package static func existing() -> [(instance: String, path: FilePath)] {
        var found: [(instance: String, path: FilePath)] = []
        for root in [systemRoot, ownRoot] where !found.contains(where: { $0.path.starts(with: root) }) {
            // A root that is missing or closed to this user has nothing to offer.
            for entry in (try? DirectoryListing.entries(of: root)) ?? [] where entry.kind == .directory {
                let path = root.appending(entry.name).appending(fileName)
                if (try? FileStatus.ifPresent(path)) != nil { found.append((entry.name, path)) }
            }
        }
        return found
    }

    private static let systemRoot = FilePath("/run/lawa")

    private static var ownRoot: FilePath {
        if HostProcess.effectiveUser == 0 { return systemRoot }
        if let directory = HostProcess.environment("XDG_RUNTIME_DIR"), directory.hasPrefix("/") {
            return FilePath(directory).appending("lawa")
        }
        return FilePath("/tmp/lawa-\(HostProcess.effectiveUser)")
    }
}
