import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct LockFileTests {
    @Suite struct ExitTests {
        @Test func theEndOfAProcessFreesIt() async throws {
            let directory = try TemporaryDirectory()
            let path = directory.path.appending("lock").string
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let lock = try LockFile.acquire(FilePath(path), holder: "child")
                kill(HostProcess.identifier, SIGKILL)
                _ = lock
            }
            #expect(try Fixture.read(FilePath(path)).isEmpty == false)
            _ = try LockFile.acquire(FilePath(path), holder: "parent")
        }
    }

    @Test func oneAtATimeAndItSaysWho() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lock")
            var lock: LockFile? = try LockFile.acquire(path, holder: "lawad --watch /runs/a")
            let who = "process \(HostProcess.identifier) (lawad --watch /runs/a)"
            let error = #expect(throws: LockError.held(path: path, by: who)) {
                try LockFile.acquire(path, holder: "second")
            }
            #expect(try #require(error).description.contains("cannot lock \"\(path)\": it is held by \(who)"))
            #expect(lock?.path == path)
            lock = nil
            let third = try LockFile.acquire(path, holder: "x")
            #expect(try Fixture.read(path) == Array("\(HostProcess.identifier) x\n".utf8))
            #expect(third.path == path)
        }
    }

    @Test(arguments: ["", "\n", "not a number\n", "999999999999999999999 x", "\u{0}\u{0}"])
    func aFileThatSaysNothingIsNoObstacle(content: String) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lock")
            try Fixture.write(Array(content.utf8), to: path)
            let descriptor = path.withPlatformString { open($0, O_RDWR | O_CLOEXEC) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            #expect(throws: LockError.held(path: path, by: "a process that did not say which")) {
                try LockFile.acquire(path, holder: "x")
            }
            flock(descriptor, LOCK_UN)
            close(descriptor)
            _ = try LockFile.acquire(path, holder: "x")
        }
    }

    @Test func aShortNoteReplacesALongerOne() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lock")
            _ = try LockFile.acquire(path, holder: String(repeating: "long ", count: 500))
            _ = try LockFile.acquire(path, holder: "s")
            #expect(try Fixture.read(path) == Array("\(HostProcess.identifier) s\n".utf8))
        }
    }

    @Test(arguments: ["removed", "replaced", "moved"])
    func aLockIsLostWithItsFile(how: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("lock")
        let lock = try LockFile.acquire(path, holder: "x")
        try lock.requireInPlace()
        switch how {
        case "removed": try Publication.removeTree(path)
        case "moved": _ = try Publication.publish(staged: path, as: directory.path.appending("elsewhere"))
        default:
            try Fixture.write([], to: directory.path.appending("new"))
            _ = try Publication.publish(staged: directory.path.appending("new"), as: path)
        }
        #expect(throws: LockError.lost(path: path)) { try lock.requireInPlace() }
    }

    @Test func linksAreNotFollowed() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([1], to: directory.appending("precious"))
            try Publication.replaceSymlink(at: directory.appending("lock"), target: "precious")
            #expect(throws: SystemCallError.self) { try LockFile.acquire(directory.appending("lock"), holder: "x") }
            #expect(try Fixture.read(directory.appending("precious")) == [1])
        }
    }

}
