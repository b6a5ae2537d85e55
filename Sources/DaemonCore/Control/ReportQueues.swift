import Dispatch
import Hummingbird

/// Makes the bodies of answers one at a time, off the threads that asynchronous code needs.
///
/// Lists have a queue of their own, so that many who ask for them do not keep the status waiting.
struct ReportQueues: Sendable {
    private let short = DispatchQueue(label: "lawad-status")
    private let long = DispatchQueue(label: "lawad-lists")

    /// An answer whose cost does not grow with the number of checkpoints.
    func short(_ body: @escaping @Sendable () throws -> Response) async throws -> Response {
        try await BlockingWork.run(on: short, body)
    }

    /// An answer that goes through all checkpoints or averages.
    func long(_ body: @escaping @Sendable () throws -> Response) async throws -> Response {
        try await BlockingWork.run(on: long, body)
    }
}
