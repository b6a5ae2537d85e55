/// A user as the system's databases know it.
package struct UserAccount: Sendable, Equatable {
    /// The login name; nil for a number that the system has no name for, as in containers.
    package let name: String?
    /// The user's number.
    package let user: UInt32
    /// The primary group's number.
    package let group: UInt32
    /// The numbers of all groups, the primary one included.
    package let groups: Set<UInt32>

    /// Makes an account.
    package init(name: String?, user: UInt32, group: UInt32, groups: Set<UInt32> = []) {
        self.name = name
        self.user = user
        self.group = group
        self.groups = groups.union([group])
    }
}
