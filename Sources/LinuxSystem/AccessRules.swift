/// Owner, group and mode of a file, and what they let others do; pure.
///
/// ACLs and capabilities are not considered, and neither are mounts: an answer is one "by its mode".
package struct AccessRules: Sendable, Equatable {
    /// What somebody wants to do with a file; the bits are those of one digit of a mode.
    package struct Access: OptionSet, Sendable {
        /// Read is 4, write 2, search 1.
        package let rawValue: UInt32

        /// Takes bits as they are.
        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Reading a file, or listing a directory.
        package static let read = Access(rawValue: 4)
        /// Writing a file, or making and removing names in a directory.
        package static let write = Access(rawValue: 2)
        /// Going through a directory to what is in it.
        package static let search = Access(rawValue: 1)
    }

    /// The user it belongs to.
    package let owner: UInt32
    /// The group it belongs to.
    package let group: UInt32
    /// Permission bits.
    package let mode: UInt32

    /// Makes permissions.
    package init(owner: UInt32, group: UInt32, mode: UInt32) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }

    /// Whether a user in these groups may do all of `access`.
    ///
    /// The first class that fits decides alone, as in the kernel: an owner without the bit is refused although others
    /// have it (path_resolution(7), "Permissions").
    package func grant(_ access: Access, user: UInt32, groups: Set<UInt32>) -> Bool {
        let shift: UInt32 = user == owner ? 6 : groups.contains(group) ? 3 : 0
        return Access(rawValue: mode >> shift & 0o7).isSuperset(of: access)
    }

    /// The mode as four octal digits at least: `0640`.
    package var modeText: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Whether neither the group nor others may do anything with it.
    package var isPrivate: Bool { mode & 0o077 == 0 }
}

extension FileStatus {
    /// Owner, group and mode.
    package var permissions: AccessRules {
        AccessRules(owner: owner, group: group, mode: mode)
    }
}
