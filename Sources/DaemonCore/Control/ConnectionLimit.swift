import Synchronization

/// Counts connections up to a limit.
final class ConnectionLimit: Sendable {
    private let count = Atomic(0)
    private let limit: Int

    init(_ limit: Int) {
        self.limit = limit
    }

    /// Takes a place; false where all are taken.
    func enter() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    /// Gives a place back.
    func leave() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
