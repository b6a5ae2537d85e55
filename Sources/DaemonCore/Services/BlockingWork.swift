import Dispatch

/// Runs blocking work on a thread of its own, so that it never holds a thread that asynchronous code needs.
enum BlockingWork {
    /// Runs `body` and returns what it returns.
    static func run<Result: Sendable>(
        label: String,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await run(on: DispatchQueue(label: label), body)
    }

    /// Runs `body` on a serial queue, after everything that was put there before.
    static func run<Result: Sendable>(
        on queue: DispatchQueue,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Swift.Result(catching: body))
            }
        }
    }
}
