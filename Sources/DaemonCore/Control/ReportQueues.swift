import Dispatch
import LinuxSystem
import NIOCore
import Synchronization

/// Makes the bodies of answers one at a time, off the threads that asynchronous code needs.
///
/// Lists have queues of their own, so that many who ask for them do not keep the status waiting, nor other users root
/// and the daemon's own. They are made once for each state of the daemon, however many ask.
final class ReportQueues: Sendable {
    private struct Made: Sendable {
        let revision: Int
        let answer: ControlAnswer
    }

    /// How many lists are kept: a few pages.
    private static let capacity = 8

    private let short = DispatchQueue(label: "lawad-status")
    private let long = DispatchQueue(label: "lawad-lists")
    private let paced = DispatchQueue(label: "lawad-lists-others")
    // Only one block of the paced queue at a time looks at it.
    private let pace = Mutex(ListPace())
    private let made = Mutex<[String: Made]>([:])

    /// An answer whose cost does not grow with the number of checkpoints.
    func short(_ body: @escaping @Sendable () throws -> ControlAnswer) async throws -> ControlAnswer {
        try await BlockingWork.run(on: short, body)
    }

    /// An answer that goes through all checkpoints or averages; one that nobody waits for any more is not made.
    ///
    /// - Parameter isPaced: whether it is for somebody who may take a part of a core only, see `ListPace`.
    func long(
        isPaced: Bool,
        _ body: @escaping @Sendable () throws -> ControlAnswer
    ) async throws -> ControlAnswer {
        let isUnwanted = Flag()
        return try await withTaskCancellationHandler {
            try await BlockingWork.run(on: isPaced ? paced : long) { [self] in
                if isUnwanted.isRaised { throw CancellationError() }
                guard isPaced else { return try body() }
                HostProcess.pause(until: pace.withLock(\.next))
                if isUnwanted.isRaised { throw CancellationError() }
                let start = ContinuousClock.now
                let answer = try body()
                pace.withLock { $0.made(answer.body.readableBytes, from: start, to: .now) }
                return answer
            }
        } onCancel: {
            isUnwanted.raise()
        }
    }

    /// The same, made once for a revision of the state.
    ///
    /// - Parameters:
    ///   - key: what tells this list from others.
    ///   - isPaced: see `long`.
    ///   - revision: the revision at the moment of asking.
    func list(
        _ key: String,
        isPaced: Bool,
        revision: @escaping @Sendable () -> Int,
        _ body: @escaping @Sendable () throws -> ControlAnswer
    ) async throws -> ControlAnswer {
        // Sending costs, too.
        if !isPaced, let answer = kept(key, revision()) { return answer }
        return try await long(isPaced: isPaced) { [self] in
            // Somebody before in the queue may have made it, of a state that is as new.
            let now = revision()
            if let answer = kept(key, now) { return answer }
            let answer = try body()
            made.withLock { made in
                if made.count >= Self.capacity { made.removeAll() }
                made[key] = Made(revision: now, answer: answer)
            }
            return answer
        }
    }

    private func kept(_ key: String, _ revision: Int) -> ControlAnswer? {
        made.withLock { $0[key].flatMap { $0.revision == revision ? $0.answer : nil } }
    }
}

/// A flag that is raised once.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() {
        value.store(true, ordering: .relaxed)
    }
}
