package import SystemPackage

/// A control socket that was found, and whose it is.
package struct InstanceSocket: Sendable, Equatable {
    /// The instance's name.
    package let instance: String
    /// Whose service manager runs it, as far as its place tells.
    package let manager: InstanceManager
    /// The socket.
    package let path: FilePath
    /// The users who may listen there; nil where the socket was named by somebody who knows.
    package let owners: Set<UInt32>?

    /// Makes the record.
    package init(instance: String, manager: InstanceManager, path: FilePath, owners: Set<UInt32>? = nil) {
        self.instance = instance
        self.manager = manager
        self.path = path
        self.owners = owners
    }

    /// Asks the daemon there.
    package var client: ControlClient {
        ControlClient(socket: path, owners: owners, isTrusted: !manager.isOther)
    }
}
