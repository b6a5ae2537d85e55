import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

/// A user who has no inotify instance left, for a while.
@Suite(.timeLimit(.minutes(1))) struct InotifyQueueTests {
    private static func refuse(_ errorNumber: Int32) -> Int32 {
        errno = errorNumber
        return -1
    }

    @Test("no queue is opened before a watch asks for it, and one serves all watches")
    func lazily() throws {
        try withTemporaryDirectory { directory in
            let count = Mutex(0)
            let inotify = try Inotify {
                count.withLock { $0 += 1 }
                return inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            }
            inotify.removeWatch(1)
            #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
            #expect(count.withLock(\.self) == 0)
            _ = try inotify.addWatch(directory)
            _ = try inotify.addWatch("/")
            #expect(count.withLock(\.self) == 1)
        }
    }

    @Test("a queue that is refused is asked for again by the next watch, and then serves")
    func refusedAtFirst() throws {
        try withTemporaryDirectory { directory in
            let refusals = Mutex(2)
            let inotify = try Inotify {
                let isRefused = refusals.withLock { left in
                    defer { left -= 1 }
                    return left > 0
                }
                return isRefused ? Self.refuse(EMFILE) : inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            }
            for _ in 0..<2 {
                let error = #expect(throws: SystemCallError.self) { try inotify.addWatch(directory) }
                #expect(error == SystemCallError(call: "inotify_init1", path: nil, errorNumber: EMFILE))
                #expect(error?.description.contains("fs.inotify.max_user_instances") == true)
                #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
            }
            let watch = try inotify.addWatch(directory)
            try Fixture.write([1], to: directory.appending("f"))
            let events = try inotify.wait(timeoutMilliseconds: nil)
            #expect(events.map(\.name) == ["f", "f"] && events.allSatisfy { $0.watch == watch })
        }
    }

    @Test("without a queue the wait ends with its time, or by a wake")
    func waiting() throws {
        let inotify = try Inotify { Self.refuse(ENFILE) }
        #expect(throws: SystemCallError(call: "inotify_init1", path: nil, errorNumber: ENFILE)) {
            try inotify.addWatch("/")
        }
        let start = HostProcess.monotonicMicroseconds
        #expect(try inotify.wait(timeoutMilliseconds: 20) == [])
        #expect(HostProcess.monotonicMicroseconds - start >= 20_000)
        BlockingThreads.run(count: 2, name: "wake") { index in
            if index == 0 {
                _ = try? inotify.wait(timeoutMilliseconds: nil)
            } else {
                inotify.wake()
            }
        }
        #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
    }
}
