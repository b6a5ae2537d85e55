import Synchronization

/// The strings attached to a running average: how far it is, and the wish to stop it.
package final class AveragingControl: Sendable {
    private let cancelled = Atomic(false)
    private let written = Atomic(0)
    private let total = Atomic(0)

    package init() {}

    /// Asks the pass to stop at the next block, within milliseconds.
    package func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// Whether somebody asked for a stop.
    package var isCancelled: Bool {
        cancelled.load(ordering: .relaxed)
    }

    /// How much of the work is done, from 0 to 1.
    package var fraction: Double {
        let total = total.load(ordering: .relaxed)
        return total == 0 ? 0 : Double(written.load(ordering: .relaxed)) / Double(total)
    }

    func begin(byteCount: Int) {
        written.store(0, ordering: .relaxed)
        total.store(byteCount, ordering: .relaxed)
    }

    func advance(by byteCount: Int) {
        written.wrappingAdd(byteCount, ordering: .relaxed)
    }
}
