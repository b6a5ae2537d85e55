import Dispatch
import Synchronization

/// Who may have how many connections at a time; pure.
///
/// Places are always left for root and the daemon's own user, whom nobody else can keep out, and no other user can take
/// all that are left to the rest.
struct ConnectionPlaces: Sendable {
    /// What a connection gets.
    enum Place: Sendable, Equatable {
        /// One of the places, as this user.
        case taken(by: UInt32)
        /// None, and an answer that says so.
        case refused
    }

    /// All connections. A place is free again only when its connection is closed on both sides, and tools of root that
    /// come again and again must not keep one another out.
    static let all = 128
    /// Those of everybody but root and the daemon's own user.
    static let others = 48
    /// Those of one of the others.
    static let one = 32
    /// Those that are being told that there is no place.
    static let refusals = 16

    private let operators: Set<UInt32>
    private var counts: [UInt32: Int] = [:]
    private var refusalCount = 0

    /// Places of which some are kept for `operators`.
    init(operators: Set<UInt32>) {
        self.operators = operators
    }

    /// Takes a place for a connection of a user; nil where not even a refusal can be told.
    mutating func enter(_ user: UInt32) -> Place? {
        if hasRoom(for: user) {
            counts[user, default: 0] += 1
            return .taken(by: user)
        }
        guard refusalCount < Self.refusals else { return nil }
        refusalCount += 1
        return .refused
    }

    /// Gives a place back.
    mutating func leave(_ place: Place) {
        switch place {
        case .taken(let user):
            let left = (counts[user] ?? 1) - 1
            counts[user] = left > 0 ? left : nil
        case .refused: refusalCount -= 1
        }
    }

    /// Whether a user has no place now who will have one soon.
    func isWorthWaiting(for user: UInt32) -> Bool {
        isOperator(user) && !hasRoom(for: user)
    }

    private func hasRoom(for user: UInt32) -> Bool {
        guard counts.values.reduce(0, +) < Self.all else { return false }
        if isOperator(user) { return true }
        let others = counts.reduce(0) { isOperator($1.key) ? $0 : $0 + $1.value }
        return others < Self.others && counts[user, default: 0] < Self.one
    }

    private func isOperator(_ user: UInt32) -> Bool {
        operators.contains(user)
    }
}

/// The places of one server, which all its connections share.
final class ConnectionLimit: Sendable {
    /// How long root and the daemon's own user are waited for, whose places only they themselves can have taken.
    private static let patience = DispatchTimeInterval.milliseconds(50)

    private let places: Mutex<ConnectionPlaces>
    private let freed = DispatchSemaphore(value: 0)
    // Else nobody looks at what is signalled.
    private let isWaiting = Atomic(false)

    init(operators: Set<UInt32>) {
        places = Mutex(ConnectionPlaces(operators: operators))
    }

    /// See `ConnectionPlaces.enter`; blocks for a moment where an operator finds no place.
    func enter(_ user: UInt32) -> ConnectionPlaces.Place? {
        let deadline = DispatchTime.now() + Self.patience
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        defer { isWaiting.store(false, ordering: .sequentiallyConsistent) }
        while places.withLock({ $0.isWorthWaiting(for: user) }), freed.wait(timeout: deadline) == .success {}
        return places.withLock { $0.enter(user) }
    }

    /// See `ConnectionPlaces.leave`.
    func leave(_ place: ConnectionPlaces.Place) {
        places.withLock { $0.leave(place) }
        if isWaiting.load(ordering: .sequentiallyConsistent) { freed.signal() }
    }
}
