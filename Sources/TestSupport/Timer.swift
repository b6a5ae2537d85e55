import Dispatch

/// The passing of time as an event, for limits on waiting and for intervals over which something is measured.
package enum Timer {
    /// Returns once a time has passed, or at once where the task is cancelled.
    package static func pass(_ duration: Duration) async {
        let (ticks, continuation) = AsyncStream<Void>.makeStream()
        let nanoseconds = Int(duration / .nanoseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) {
            continuation.yield()
            continuation.finish()
        }
        for await _ in ticks { return }
    }
}
