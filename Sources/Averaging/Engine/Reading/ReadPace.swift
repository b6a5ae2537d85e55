import LinuxSystem
import Synchronization

/// Spreads the reading of a pass over time, so that it takes no more than its share of the disk.
///
/// All workers share one. Each asks before it reads, and waits for as long as what was read before it takes.
final class ReadPace: Sendable {
    private let bytesPerSecond: Int?
    private let next = Mutex(ContinuousClock.now)
    /// A stop that is asked for in between is noticed after this time at most.
    private static let slice = Duration.milliseconds(10)
    private static let slack = Duration.milliseconds(100)

    /// A rate in bytes a second; nil lets everything pass.
    init(bytesPerSecond: Int?) {
        self.bytesPerSecond = bytesPerSecond
    }

    /// Waits until as many bytes may be read, or until somebody asks for a stop.
    func wait(for byteCount: Int, control: AveragingControl) {
        guard let bytesPerSecond else { return }
        let turn = next.withLock { next in
            // Who comes a little late catches up, or the rate would never be reached; longer idle time is no credit.
            let turn = max(next, .now - Self.slack)
            next = turn + .seconds(1) * (Double(byteCount) / Double(bytesPerSecond))
            return turn
        }
        while !control.isCancelled {
            let now = ContinuousClock.now
            guard now < turn else { return }
            HostProcess.pause(until: min(turn, now + Self.slice))
            control.beat()
        }
    }
}
