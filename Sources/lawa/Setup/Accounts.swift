import LinuxSystem

/// The databases of users and groups, so that decisions can be made without a system of their own.
struct Accounts: Sendable {
    /// The account of a name.
    var named: @Sendable (String) -> UserAccount?
    /// The account of a user's number.
    var numbered: @Sendable (UInt32) -> UserAccount?
    /// The number of a group.
    var group: @Sendable (String) -> UInt32?
    /// The name of a group.
    var groupName: @Sendable (UInt32) -> String?

    /// Those of this machine.
    static let system = Accounts(
        named: { HostProcess.account(named: $0) },
        numbered: { HostProcess.account(of: $0) },
        group: { HostProcess.groupID(named: $0) },
        groupName: { HostProcess.groupName(of: $0) }
    )

    /// A user for people: `alice`, or `user 1000` where there is no name.
    func text(user: UInt32) -> String { numbered(user)?.name ?? "user \(user)" }

    /// A group for people: `ml`, or `group 1000` where there is no name.
    func text(group: UInt32) -> String { groupName(group) ?? "group \(group)" }
}
