import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct InotifyTests {
    @Test func reportsWhatHappensInADirectory() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            let watch = try inotify.addWatch(directory)
            try Fixture.write([1], to: directory.appending("f"))
            #expect(rename("\(directory)/f", "\(directory)/g") == 0)
            try Publication.makeDirectories(directory.appending("d"))
            let events = try inotify.wait(timeoutMilliseconds: nil)
            #expect(events.allSatisfy { $0.watch == watch })
            #expect(events.map(\.name) == ["f", "f", "f", "g", "d"])
            #expect(
                events.map(\.kind) == [.create, .closeWrite, .movedFrom, .movedTo, [.create, .directory]]
            )
            #expect(events[2].cookie == events[3].cookie && events[2].cookie != 0)
        }
    }

    @Test func theEndOfADirectoryEndsItsWatch() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            let inner = directory.appending("inner")
            try Publication.makeDirectories(inner)
            let watch = try inotify.addWatch(inner)
            try Publication.removeTree(inner)
            let events = try inotify.wait(timeoutMilliseconds: nil)
            #expect(events.map(\.kind) == [.deleteSelf, .ignored])
            #expect(events.last?.kind.contains(.ignored) == true)
            inotify.removeWatch(watch)
        }
    }

    @Test func aRemovedWatchIsSilent() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            let watch = try inotify.addWatch(directory)
            inotify.removeWatch(watch)
            #expect(try inotify.wait(timeoutMilliseconds: nil).map(\.kind) == [.ignored])
            try Fixture.write([1], to: directory.appending("f"))
            #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
        }
    }

    @Test func theSameDirectoryHasOneWatch() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            try Publication.replaceSymlink(at: directory.appending("link"), target: ".")
            let watch = try inotify.addWatch(directory)
            #expect(try inotify.addWatch(directory.appending("link")) == watch)
        }
    }

    @Test func onlyDirectoriesAreWatched() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            let path = directory.appending("f")
            try Fixture.write([], to: path)
            let file = #expect(throws: SystemCallError.self) { try inotify.addWatch(path) }
            #expect(file == SystemCallError(call: "inotify_add_watch", path: path, errorNumber: ENOTDIR))
            let missing = #expect(throws: SystemCallError.self) { try inotify.addWatch(directory.appending("no")) }
            #expect(missing?.isNotFound == true)
        }
    }

    @Test func theWaitHasAnEnd() throws {
        let inotify = try Inotify()
        let start = HostProcess.monotonicMicroseconds
        #expect(try inotify.wait(timeoutMilliseconds: 20) == [])
        #expect(HostProcess.monotonicMicroseconds - start >= 20_000)
        #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
        #expect(try inotify.wait(timeoutMilliseconds: -1) == [])
    }

    @Test func aWakeBeforeTheWaitIsNotLostAndIsUsedUp() throws {
        let inotify = try Inotify()
        inotify.wake()
        inotify.wake()
        #expect(try inotify.wait(timeoutMilliseconds: nil) == [])
        #expect(try inotify.wait(timeoutMilliseconds: 0) == [])
    }

    @Test func anotherThreadWakesTheWaitingOne() throws {
        let inotify = try Inotify()
        BlockingThreads.run(count: 2, name: "wake") { index in
            if index == 0 {
                _ = try? inotify.wait(timeoutMilliseconds: nil)
            } else {
                inotify.wake()
            }
        }
    }

    @Test func moreEventsThanTheBufferHoldsAllArrive() throws {
        try withTemporaryDirectory { directory in
            let inotify = try Inotify()
            _ = try inotify.addWatch(directory, mask: .create)
            let names = (0..<500).map { String(repeating: "n", count: 200) + "\($0)" }
            for name in names {
                #expect(directory.appending(name).withPlatformString { mkdir($0, 0o700) } == 0)
            }
            var seen: [String] = []
            while seen.count < names.count {
                seen += try inotify.wait(timeoutMilliseconds: nil).compactMap(\.name)
            }
            #expect(seen == names)
        }
    }

    @Test func anOverflowIsReported() throws {
        try withTemporaryDirectory { directory in
            let limit = try #require(try queueLimit(), "no /proc/sys/fs/inotify")
            let inotify = try Inotify()
            _ = try inotify.addWatch(directory, mask: [.movedFrom, .movedTo])
            try Fixture.write([], to: directory.appending("a"))
            for _ in 0...limit / 4 {
                #expect(rename("\(directory)/a", "\(directory)/b") == 0)
                #expect(rename("\(directory)/b", "\(directory)/a") == 0)
            }
            var events: [InotifyEvent] = []
            while events.last?.isQueueOverflow != true {
                events = try inotify.wait(timeoutMilliseconds: nil)
            }
            #expect(events.last?.watch == -1)
        }
    }

    private func queueLimit() throws -> Int? {
        let file = try File.openForReading("/proc/sys/fs/inotify/max_queued_events")
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = try buffer.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        return Int(String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}
