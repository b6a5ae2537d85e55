import Dispatch
import Glibc
import LinuxSystem
import SystemPackage

/// Sends a signal as soon as a certain entry appears in a directory.
///
/// It waits on a thread of its own: where tests keep all of the pool's threads busy, what is to be interrupted would be
/// over before a task of theirs saw it begin.
struct SignalOnAppearance {
    private let names: AsyncStream<String>

    /// Begins to wait.
    ///
    /// - Parameter process: the process to signal, by the entry's name; nil waits for another entry.
    init(_ signal: Int32, in directory: FilePath, to process: @escaping @Sendable (String) -> Int32?) throws {
        let events = try Inotify()
        _ = try events.addWatch(directory)
        let (names, continuation) = AsyncStream<String>.makeStream()
        self.names = names
        DispatchQueue(label: "signal").async {
            defer { continuation.finish() }
            while let appeared = try? events.wait(timeoutMilliseconds: 60_000), !appeared.isEmpty {
                for name in appeared.compactMap(\.name) {
                    guard let process = process(name) else { continue }
                    kill(process, signal)
                    continuation.yield(name)
                    return
                }
            }
        }
    }

    /// The name of the entry that appeared.
    var name: String {
        get async { await names.first { _ in true } ?? "nothing" }
    }
}
