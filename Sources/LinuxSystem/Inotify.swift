import CLinux
import Glibc
import Synchronization
package import SystemPackage

/// A queue of directory events.
///
/// One thread at a time waits; watches may be changed and the waiting thread woken from any other. A user has only few
/// queues and may have none left, so it is opened by the first watch, and asked for again by each until there is one.
package final class Inotify: Sendable {
    private final class Queue: Sendable {
        let descriptor: OwnedDescriptor

        init(_ number: Int32) {
            descriptor = OwnedDescriptor(number)
        }
    }

    private static let bufferSize = 64 * 1024

    private let open: @Sendable () -> Int32
    private let queue = Mutex<Queue?>(nil)
    private let wakeUp: OwnedDescriptor

    /// Makes one without a queue as yet; a user has only few of them (fs.inotify.max_user_instances), so one serves all
    /// directories.
    package convenience init() throws(SystemCallError) {
        let flags = Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)
        try self.init { inotify_init1(flags) }
    }

    /// The same with another way to open the queue, which returns -1 and sets errno where it fails.
    init(open: @escaping @Sendable () -> Int32) throws(SystemCallError) {
        self.open = open
        wakeUp = OwnedDescriptor(try systemCall("eventfd") { lawa_eventfd() })
    }

    /// Watches a directory; list it afterwards, because what came before the watch gave no event.
    ///
    /// The same directory by any path has the same watch, and the newer mask replaces the older. Where there is no queue
    /// to be had it throws; until the next call succeeds, waiting is only for the time and for `wake`. A thread that
    /// waits already does not notice a queue that another opens; `wake` it.
    package func addWatch(
        _ path: FilePath,
        mask: InotifyEvent.Mask = .checkpointDirectory
    ) throws(SystemCallError) -> WatchDescriptor {
        let number = try openQueue()
        return try systemCall("inotify_add_watch", path) {
            path.withPlatformString { inotify_add_watch(number, $0, mask.rawValue) }
        }
    }

    /// Ends a watch; one that has ended already is no error, because the kernel ends it with its directory.
    package func removeWatch(_ watch: WatchDescriptor) {
        guard let number = queueNumber else { return }
        _ = inotify_rm_watch(number, watch)
    }

    /// Waits for events; nil waits for ever. It returns none at the end of the time, and when `wake` was called.
    package func wait(timeoutMilliseconds: Int32?) throws(SystemCallError) -> [InotifyEvent] {
        let number = queueNumber
        guard try waitUntilReadable(number, timeoutMilliseconds: timeoutMilliseconds) else {
            return []
        }
        var wakeCount: UInt64 = 0
        _ = Glibc.read(wakeUp.number, &wakeCount, MemoryLayout<UInt64>.size)
        return try number.map { number throws(SystemCallError) in try Self.readEvents(number) } ?? []
    }

    /// Ends the present wait, or else the next one.
    package func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(wakeUp.number, &one, MemoryLayout<UInt64>.size)
    }

    /// Nil where none is open. It stays valid as long as this object lives, because a queue is never given up.
    private var queueNumber: Int32? {
        queue.withLock { $0?.descriptor.number }
    }

    private func openQueue() throws(SystemCallError) -> Int32 {
        let result = queue.withLock { queue in
            Result { () throws(SystemCallError) in
                if let queue { return queue.descriptor.number }
                let number = try systemCall("inotify_init1") { open() }
                queue = Queue(number)
                return number
            }
        }
        do {
            return try result.get()
        } catch {
            guard error.errorNumber == EMFILE, !hasFreeDescriptor else { throw error }
            // The same number says two things; the remedy for the other one is told of every other call.
            throw SystemCallError(call: "open an inotify queue", path: nil, errorNumber: EMFILE)
        }
    }

    private var hasFreeDescriptor: Bool {
        let copy = dup(wakeUp.number)
        if copy >= 0 { close(copy) }
        return copy >= 0
    }

    private func waitUntilReadable(_ number: Int32?, timeoutMilliseconds: Int32?) throws(SystemCallError) -> Bool {
        let deadline = timeoutMilliseconds.map { HostProcess.monotonicMicroseconds + Int64($0) * 1000 }
        // poll(2) passes over negative descriptors.
        let numbers = [number ?? -1, wakeUp.number]
        let ready = try systemCall("poll inotify") {
            var descriptors = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
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

    private static func readEvents(_ number: Int32) throws(SystemCallError) -> [InotifyEvent] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 8)
        defer { buffer.deallocate() }
        do {
            let count = try systemCall("read inotify") { Glibc.read(number, buffer.baseAddress, buffer.count) }
            return parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch  where error.errorNumber == EAGAIN {
            return []
        }
    }
}
