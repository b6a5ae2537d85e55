import ArgumentParser
import LinuxSystem

/// Whose service manager runs the daemon.
enum SetupScope: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The machine's own, for root to set up.
    case system
    /// That of the user who asks.
    case user

    /// The scope that a user means who names none.
    static var ofThisProcess: SetupScope { HostProcess.effectiveUser == 0 ? .system : .user }
}
