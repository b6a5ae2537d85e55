import CLinux
import Glibc
package import SystemPackage

/// A queue of directory events.
///
/// One thread at a time waits; watches may be changed and the waiting thread woken from any other.
package final class Inotify: Sendable {
    private static let bufferSize = 64 * 1024

    private let queue: OwnedDescriptor
    private let wakeUp: OwnedDescriptor

    /// Opens a queue; a user has only few of them (fs.inotify.max_user_instances), so one serves all directories.
    package init() throws(SystemCallError) {
        let flags = Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)
        queue = OwnedDescriptor(try systemCall("inotify_init1") { inotify_init1(flags) })
        wakeUp = OwnedDescriptor(try systemCall("eventfd") { lawa_eventfd() })
    }

    /// Watches a directory; list it afterwards, because what came before the watch gave no event.
    ///
    /// The same directory by any path has the same watch, and the newer mask replaces the older.
    package func addWatch(
        _ path: FilePath,
        mask: InotifyEvent.Mask = .checkpointDirectory
    ) throws(SystemCallError) -> WatchDescriptor {
        try systemCall("inotify_add_watch", path) {
            path.withPlatformString { inotify_add_watch(queue.number, $0, mask.rawValue) }
        }
    }

    /// Ends a watch; one that has ended already is no error, because the kernel ends it with its directory.
    package func removeWatch(_ watch: WatchDescriptor) {
        _ = inotify_rm_watch(queue.number, watch)
    }

    /// Waits for events; nil waits for ever. It returns none at the end of the time, and when `wake` was called.
    package func wait(timeoutMilliseconds: Int32?) throws(SystemCallError) -> [InotifyEvent] {
        guard try waitUntilReadable(timeoutMilliseconds: timeoutMilliseconds) else {
            return []
        }
        var wakeCount: UInt64 = 0
        _ = Glibc.read(wakeUp.number, &wakeCount, MemoryLayout<UInt64>.size)
        return try readEvents()
    }

    /// Ends the present wait, or else the next one.
    package func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(wakeUp.number, &one, MemoryLayout<UInt64>.size)
    }

    private func waitUntilReadable(timeoutMilliseconds: Int32?) throws(SystemCallError) -> Bool {
        let deadline = timeoutMilliseconds.map { HostProcess.monotonicMicroseconds + Int64($0) * 1000 }
        let number = queue.number
        let wakeNumber = wakeUp.number
        let ready = try systemCall("poll inotify") {
            var descriptors = [number, wakeNumber].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            return poll(&descriptors, nfds_t(descriptors.count), Self.millisecondsLeft(until: deadline))
        }
        return ready > 0
    }

    // Asked anew after each interruption, so that signals do not prolong the wait.
    private static func millisecondsLeft(until deadline: Int64?) -> Int32 {
        guard let deadline else {
            return -1
        }
        let left = (deadline - HostProcess.monotonicMicroseconds + 999) / 1000
        return Int32(clamping: max(0, left))
    }

    private func readEvents() throws(SystemCallError) -> [InotifyEvent] {
        let number = queue.number
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 8)
        defer { buffer.deallocate() }
        do {
            let count = try systemCall("read inotify") { Glibc.read(number, buffer.baseAddress, buffer.count) }
            return Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch  where error.errorNumber == EAGAIN {
            return []
        }
    }
}
