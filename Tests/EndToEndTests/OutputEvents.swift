import Dispatch
import LinuxSystem
import Synchronization
import SystemPackage

/// Counts what happens in an output root, directories that appear there included, and acts at a chosen event.
final class OutputEvents: Sendable {
    private let inotify: Inotify
    private let root: FilePath
    private let isStopped = Atomic(false)
    private let seen = Atomic(0)
    private let ended = DispatchSemaphore(value: 0)

    /// How many events there were.
    var count: Int { seen.load(ordering: .relaxed) }

    /// Watches from now on; `action` is called once, at event number `trigger` counted from 1.
    init(_ root: FilePath, at trigger: Int, _ action: @escaping @Sendable () -> Void) throws {
        inotify = try Inotify()
        self.root = root
        try Publication.makeDirectories(root)
        var directories: [WatchDescriptor: FilePath] = [:]
        watch(root, &directories)
        let start = directories
        DispatchQueue(label: "output-events").async { [self] in
            var directories = start
            while !isStopped.load(ordering: .relaxed) {
                for event in (try? inotify.wait(timeoutMilliseconds: nil)) ?? [] {
                    if seen.wrappingAdd(1, ordering: .relaxed).newValue == trigger { action() }
                    if event.isDirectory, let name = event.name, let parent = directories[event.watch] {
                        watch(parent.appending(name), &directories)
                    }
                }
            }
            ended.signal()
        }
    }

    /// Ends the watching.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        inotify.wake()
        ended.wait()
    }

    private func watch(_ directory: FilePath, _ directories: inout [WatchDescriptor: FilePath]) {
        let mask: InotifyEvent.Mask = [.create, .modify, .closeWrite, .movedTo, .movedFrom, .delete]
        guard let descriptor = try? inotify.addWatch(directory, mask: mask) else { return }
        directories[descriptor] = directory
        for entry in (try? DirectoryListing.entries(of: directory)) ?? [] where entry.kind == .directory {
            watch(directory.appending(entry.name), &directories)
        }
    }
}
