import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct UnixSocketListenerTests {
    @Test func clientsConnectAndAreKnown() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let listener = try UnixSocketListener.bind(path, mode: 0o660, group: nil)
            #expect(try FileStatus.of(path).mode == 0o660)
            let client = try UnixSocket.connect(path)
            defer { close(client) }
            let me = PeerCredentials(pid: getpid(), uid: geteuid(), gid: getegid())
            var count = 0
            try listener.accept { connection in
                count += 1
                #expect(connection.peer == me)
                let accepted = connection.takeDescriptor()
                #expect(fcntl(accepted, F_GETFL) & O_NONBLOCK != 0)
                #expect(fcntl(accepted, F_GETFD) & FD_CLOEXEC != 0)
                close(accepted)
                listener.stop()
            }
            #expect(count == 1)
            #expect(try UnixSocket.peer(of: client) == me)
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["s"])
        }
    }

    @Test func aStoppedListenerAcceptsNothing() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            listener.stop()
            try listener.accept { _ in Issue.record("nobody has connected") }
            #expect(throws: SystemCallError.self) { try UnixSocket.connect(path) }
        }
    }

    @Test func aLivingSocketIsNotTakenAway() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            #expect(throws: UnixSocketError.inUse(path)) {
                try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            }
            close(try UnixSocket.connect(path))
            #expect(listener.path == path)
        }
    }

    @Test func aLivingSocketWithAFullQueueIsNotTakenAway() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            var clients: [Int32] = []
            defer { for client in clients { close(client) } }
            // Until the queue is full.
            while true {
                let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                clients.append(client)
                try #require(clients.count < 10_000)
                let isQueued = try UnixSocket.withAddress(path, named: path) { connect(client, $0, $1) == 0 }
                if !isQueued { break }
            }
            #expect(throws: UnixSocketError.inUse(path)) {
                try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            }
            #expect(listener.path == path)
        }
    }

    @Test func aDeadSocketIsReplaced() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            try UnixSocketListener.bind(path, mode: 0o600, group: nil).stop()
            let refused = #expect(throws: SystemCallError.self) { try UnixSocket.connect(path) }
            #expect(refused?.errorNumber == ECONNREFUSED)
            let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            close(try UnixSocket.connect(path))
            listener.unlink()
            #expect(try DirectoryListing.entries(of: directory) == [])
        }
    }

    @Test func anythingElseIsRefusedAndKept() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([1], to: directory.appending("f"))
            try Publication.makeDirectories(directory.appending("d"))
            try Publication.replaceSymlink(at: directory.appending("l"), target: "nowhere")
            for (name, kind) in [("f", FileKind.regular), ("d", .directory), ("l", .symbolicLink)] {
                let path = directory.appending(name)
                #expect(throws: UnixSocketError.notASocket(path, kind)) {
                    try UnixSocketListener.bind(path, mode: 0o600, group: nil)
                }
            }
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["d", "f", "l"])
        }
    }

    @Test(arguments: [50, 90, 107, 108, 109, 300, 900])
    func pathsOfAnyLengthWork(length: Int) throws {
        try withTemporaryDirectory { directory in
            var path = directory
            while length - path.length > 200 {
                path.append(String(repeating: "d", count: 100))
            }
            path.append(String(repeating: "s", count: max(1, length - path.length - 1)))
            try Publication.makeDirectories(path.removingLastComponent())
            let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            let client = try UnixSocket.connect(path)
            close(client)
            #expect(throws: UnixSocketError.inUse(path)) {
                try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            }
            #expect(try DirectoryListing.entries(of: path.removingLastComponent()).count == 1)
            listener.unlink()
            #expect(try FileStatus.ifPresent(path) == nil)
        }
    }

    @Test func onlyTheOwnPathIsRemoved() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let first = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            first.stop()
            let second = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
            first.unlink()
            close(try UnixSocket.connect(path))
            second.unlink()
            second.unlink()
            #expect(try FileStatus.ifPresent(path) == nil)
        }
    }

    @Test func theGroupIsSet() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("s")
            let name = try #require(getgrgid(getegid())?.pointee.gr_name.map { String(cString: $0) })
            let listener = try UnixSocketListener.bind(path, mode: 0o620, group: name)
            var status = stat()
            #expect(path.withPlatformString { stat($0, &status) } == 0)
            #expect(status.st_gid == getegid() && status.st_mode & 0o777 == 0o620)
            listener.unlink()
        }
    }

    @Test func failuresLeaveNothing() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: UnixSocketError.unknownGroup("no-such-group")) {
                try UnixSocketListener.bind(directory.appending("s"), mode: 0o600, group: "no-such-group")
            }
            #expect(throws: SystemCallError.self) {
                try UnixSocketListener.bind(directory.appending("missing/s"), mode: 0o600, group: nil)
            }
            let tooLong = String(repeating: "x", count: 256)
            #expect(throws: SystemCallError.self) {
                try UnixSocketListener.bind(directory.appending(tooLong), mode: 0o600, group: nil)
            }
            let left = try DirectoryListing.entries(of: directory)
            #expect(left == [])
        }
    }

    @Test func absenceIsTold() throws {
        try withTemporaryDirectory { directory in
            let error = #expect(throws: SystemCallError.self) {
                try UnixSocket.connect(directory.appending("missing"))
            }
            #expect(error?.isNotFound == true && error?.path == directory.appending("missing"))
        }
    }
}
