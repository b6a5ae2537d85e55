import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ControlProtocol
@testable import LinuxSystem

/// Sockets and directories that somebody else has made.
@Suite(.enabled(if: geteuid() == 0, "making files of other users needs root")) struct SocketTrustTests {
    private static let stranger: UInt32 = 65_533
    private static let service: UInt32 = 65_532

    private static func give(_ path: FilePath, to user: UInt32) throws {
        try #require(path.withPlatformString { lchown($0, user, user) } == 0)
    }

    @Test("a service's directory below root's is trusted, and a socket of a third user in it is not")
    func services() throws {
        let directory = try TemporaryDirectory()
        let root = directory.path.appending("lawa")
        for name in ["own", "foreign"] { try directory.file("lawa/\(name)/control.sock", bytes: []) }
        for name in ["own", "foreign"] { try Self.give(root.appending(name), to: Self.service) }
        try Self.give(root.appending("own/control.sock"), to: Self.service)
        try Self.give(root.appending("foreign/control.sock"), to: Self.stranger)
        let found = FoundSockets(in: [(root, .system)])
        #expect(found.sockets.map(\.instance) == ["own"])
        #expect(found.sockets.first?.owners?.contains(Self.service) == true)
        #expect(found.passedOver.map(\.path) == [root.appending("foreign/control.sock")])
        #expect(found.passedOver.map(\.reason) == ["it belongs to user \(Self.stranger)"])
    }

    @Test("a root of somebody else's, a link and one that others may write in are passed over as a whole")
    func roots() throws {
        let directory = try TemporaryDirectory()
        for name in ["a", "b", "c"] { try directory.file("\(name)/vit/control.sock", bytes: []) }
        let roots = ["a", "b", "c"].map { directory.path.appending($0) }
        try Self.give(roots[0], to: Self.stranger)
        try #require(chmod(roots[1].string, 0o775) == 0)
        try Publication.replaceSymlink(at: directory.path.appending("l"), target: "c")
        let links = [directory.path.appending("l")]
        for (root, reason) in [
            (roots[0], "it belongs to user \(Self.stranger)"), (roots[1], "others than its owner may write in it"),
            (links[0], "it is no directory"),
        ] {
            let found = FoundSockets(in: [(root, .user(Self.service))])
            #expect(found.sockets.isEmpty)
            #expect(found.passedOver == [SocketDistrust(path: root, reason: reason)])
            #expect(throws: SocketDistrust(path: root, reason: reason)) { try SocketLocation.claim(root) }
        }
        #expect(FoundSockets(in: [(roots[0], .user(Self.stranger))]).sockets.count == 1)
        try SocketLocation.claim(directory.path.appending("new"))
        #expect(try FileStatus.of(directory.path.appending("new")).kind == .directory)
    }

    @Test("a user who makes very many instances has some of them asked")
    func many() throws {
        let directory = try TemporaryDirectory()
        for number in 0..<40 { try directory.file("lawa/\(number)/control.sock", bytes: []) }
        let root = directory.path.appending("lawa")
        let others = FoundSockets(in: [(root, .user(Self.stranger))])
        #expect(others.sockets.count == FoundSockets.othersLimit && others.passedOver.map(\.path) == [root])
        #expect(FoundSockets(in: [(root, .user(0))]).sockets.count == 40)
    }

    @Test("whoever listens must be who may")
    func peers() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("s")
        let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
        let error = await #expect(throws: ControlClientError.self) {
            try await ControlClient(socket: path, owners: [Self.service]).askBytes(.status)
        }
        guard case .distrusted(let distrust)? = error else {
            Issue.record("it was \(String(describing: error))")
            return
        }
        #expect(distrust.path == path && distrust.reason.hasSuffix("listens there"))
        listener.unlink()
    }
}
