import LinuxSystem

/// Whose service manager runs a daemon.
package enum InstanceManager: Hashable, Sendable {
    /// The machine's.
    case system
    /// That of the user with this number.
    case user(UInt32)
}

extension InstanceManager {
    /// Whether it is that of a user who is neither root nor the one who asks.
    package var isOther: Bool {
        guard case .user(let user) = self else { return false }
        return ![0, HostProcess.effectiveUser].contains(user)
    }
}
