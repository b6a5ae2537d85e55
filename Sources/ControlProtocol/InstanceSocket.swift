package import SystemPackage

/// A control socket that was found, and whose it is.
package struct InstanceSocket: Sendable, Equatable {
    /// The instance's name.
    package let instance: String
    /// Whose service manager runs it, as far as its place tells.
    package let manager: InstanceManager
    /// The socket.
    package let path: FilePath

    /// Makes the record.
    package init(instance: String, manager: InstanceManager, path: FilePath) {
        self.instance = instance
        self.manager = manager
        self.path = path
    }
}
