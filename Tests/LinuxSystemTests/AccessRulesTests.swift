import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct AccessRulesTests {
    /// mode, user, groups, wanted, granted; the file belongs to 1000:100.
    @Test(
        arguments: [
            (0o600, 1000, [100], 4, true), (0o600, 1000, [], 6, true), (0o600, 1001, [100], 4, false),
            (0o640, 1001, [100], 4, true), (0o640, 1001, [100], 6, false), (0o640, 1001, [101], 4, false),
            (0o644, 1001, [101], 4, true), (0o664, 1001, [7, 100], 6, true), (0o664, 1001, [7], 2, false),
            // The class that fits decides, even where a later one has more.
            (0o047, 1000, [100], 4, false), (0o047, 1001, [100], 4, true), (0o047, 1001, [100], 2, false),
            (0o407, 1001, [100], 4, false), (0o407, 1001, [], 7, true),
            // Listing and going through are two rights.
            (0o711, 1001, [], 1, true), (0o711, 1001, [], 5, false), (0o744, 1001, [], 1, false),
            // Root is a user like others here.
            (0o600, 0, [0], 4, false), (0o755, 0, [0], 5, true),
            // Further bits are none of these.
            (0o7000, 1000, [100], 4, false), (0o2750, 1001, [100], 5, true), (0o000, 1000, [], 0, true),
        ] as [(UInt32, UInt32, Set<UInt32>, UInt32, Bool)]
    )
    func grants(mode: UInt32, user: UInt32, groups: Set<UInt32>, wanted: UInt32, granted: Bool) {
        let rules = AccessRules(owner: 1000, group: 100, mode: mode)
        #expect(rules.grant(AccessRules.Access(rawValue: wanted), user: user, groups: groups) == granted)
    }

    @Test(
        arguments: [
            (0o600, true, "0600"), (0o700, true, "0700"), (0o640, false, "0640"), (0o601, false, "0601"),
            (0o2750, false, "2750"), (0, true, "0000"),
        ] as [(UInt32, Bool, String)]
    )
    func modes(mode: UInt32, isPrivate: Bool, text: String) {
        let rules = AccessRules(owner: 1, group: 1, mode: mode)
        #expect(rules.isPrivate == isPrivate)
        #expect(rules.modeText == text)
    }

    @Test func rootIsKnown() throws {
        let account = try #require(HostProcess.account(named: "root"))
        #expect(account.user == 0 && account.group == 0 && account.groups.contains(0))
        #expect(HostProcess.account(of: 0) == account)
        #expect(HostProcess.groupName(of: 0) == "root")
        #expect(HostProcess.account(named: "no such user") == nil)
        #expect(HostProcess.account(of: 4_000_000_001) == nil)
        #expect(HostProcess.groupName(of: 4_000_000_001) == nil)
    }

    @Test func aFileIsWrittenWithItsModeAndReplacedWhole() throws {
        try withTemporaryDirectory { root in
            let path = root.appending("a.json")
            try Publication.write([1, 2], as: path, mode: 0o640)
            let first = try FileStatus.of(path)
            #expect(first.mode == 0o640)
            try Publication.write([3], as: path, mode: 0o644)
            let second = try FileStatus.of(path)
            #expect(second.mode == 0o644 && second.inode != first.inode)
            #expect(try Fixture.read(path) == [3])
            #expect(try DirectoryListing.entries(of: root).map(\.name) == ["a.json"])
        }
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        try withTemporaryDirectory { root in
            #expect(throws: SystemCallError.self) {
                try Publication.write([1], as: root.appending("none/a"), mode: 0o644)
            }
            try Publication.makeDirectories(root.appending("taken/inside"))
            #expect(throws: SystemCallError.self) {
                try Publication.makeDirectory(root.appending("taken"), mode: 0o755, owner: nil)
            }
            #expect(try DirectoryListing.entries(of: root).map(\.name) == ["taken"])
        }
    }

    @Test func aDirectoryHasItsModeAndOwner() throws {
        try withTemporaryDirectory { root in
            let own = try FileStatus.of(root)
            let path = root.appending("out")
            // The bit must survive the change of owner.
            try Publication.makeDirectory(path, mode: 0o2750, owner: (own.owner, own.group))
            let status = try FileStatus.of(path)
            #expect(status.mode == 0o2750 && status.owner == own.owner && status.group == own.group)
        }
    }
}
