import LinuxSystem
import Synchronization

/// Threads whose work may fail.
enum Threads {
    /// Runs `body` for 0..<count, each on a thread of its own, and throws the first error there was.
    static func run(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        let failure = Mutex<(any Error)?>(nil)
        BlockingThreads.run(count: count, name: "bench") { index in
            do {
                try body(index)
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
