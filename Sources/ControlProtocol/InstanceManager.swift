/// Whose service manager runs a daemon.
package enum InstanceManager: Hashable, Sendable {
    /// The machine's.
    case system
    /// That of the user with this number.
    case user(UInt32)
}
