import NIOCore
import Synchronization

/// Closes a connection whose client takes nothing of what waits for it.
final class StallWatch: Sendable {
    private let channel: any Channel
    // Only the connection's own thread looks.
    private let waiting = Mutex<Int?>(nil)

    private init(_ channel: any Channel) {
        self.channel = channel
    }

    /// Looks at intervals; a connection with the same bytes waiting as at the look before is closed.
    ///
    /// - Returns: what to cancel once the answer is written.
    static func begin(_ channel: any Channel, interval: TimeAmount) -> RepeatedTask {
        let watch = StallWatch(channel)
        return channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in watch.look() }
    }

    private func look() {
        guard let now = try? channel.syncOptions?.getOption(.bufferedWritableBytes) else { return }
        let isStalled = waiting.withLock { waiting in
            defer { waiting = now }
            return waiting == now
        }
        if isStalled { channel.close(promise: nil) }
    }
}
