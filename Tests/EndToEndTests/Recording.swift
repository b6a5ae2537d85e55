import Synchronization
import TestSupport
import Testing

/// Texts in the order in which they came, for tests that wait for one.
final class Recording: Sendable {
    private struct State {
        var items: [String] = []
        var isFinished = false
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    /// What was waited for in vain.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private let name: String
    private let state = Mutex(State())

    /// `name` says in messages what is recorded.
    init(_ name: String) {
        self.name = name
    }

    /// Everything so far.
    var items: [String] { state.withLock { $0.items } }

    /// Everything so far as lines.
    var text: String { items.joined(separator: "\n") }

    /// Whether nothing more can come.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Adds a text.
    func append(_ item: String) {
        change { $0.items.append(item) }
    }

    /// Notes that nothing more can come.
    func finish() {
        change { $0.isFinished = true }
    }

    /// Waits until `find` finds something in what was recorded; fails at the end of the recording, and in any case
    /// after three minutes.
    @discardableResult
    func wait<Found: Sendable>(
        for what: String,
        _ find: @escaping @Sendable ([String]) -> Found?
    ) async throws -> Found {
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listeners.append(continuation) }
        continuation.yield()
        do {
            return try await withDeadline(what) { [self] in
                for await _ in changes {
                    let (items, isFinished) = state.withLock { ($0.items, $0.isFinished) }
                    if let found = find(items) { return found }
                    if isFinished { break }
                }
                throw Missing(description: "it ended")
            }
        } catch {
            throw Missing(description: "\(name): no \(what) (\(error)); it has\n\(text)")
        }
    }

    /// Waits until `count` texts contain all of `parts`, and returns those.
    @discardableResult
    func wait(containing parts: String..., count: Int = 1) async throws -> [String] {
        try await wait(for: "\(count) x \(parts)") { items in
            let found = items.filter { item in parts.allSatisfy(item.contains) }
            return found.count >= count ? found : nil
        }
    }

    /// Waits for the end.
    func waitForEnd() async throws {
        try await wait(for: "end") { [self] _ in isFinished ? true : nil }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        for listener in state.withLock({ $0.listeners }) { listener.yield() }
    }
}

/// Runs `body` for at most three minutes: many times what a machine takes that does other work beside, so that only
/// what never comes fails.
func withDeadline<Result: Sendable>(
    _ what: String,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: body)
        group.addTask {
            await Timer.pass(.seconds(180))
            throw Recording.Missing(description: "waited 180 s for \(what)")
        }
        defer { group.cancelAll() }
        return try #require(try await group.next())
    }
}
