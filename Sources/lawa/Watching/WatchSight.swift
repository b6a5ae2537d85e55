import ControlProtocol

/// What a question to a watched daemon gave.
enum WatchSight: Sendable {
    /// It answered: its status, and the same as it came.
    case answered(StatusReport, body: [UInt8])
    /// It did not, for a reason.
    case lost(String)

    /// Asks a daemon.
    static func of(_ daemon: RunningDaemon) async -> WatchSight {
        do {
            let answer = try await RunningDaemon.asking(daemon.client)
            return .answered(answer.status, body: answer.statusBody)
        } catch {
            return .lost(Failure(error).message)
        }
    }

    /// Whether an average is being made.
    var isAveraging: Bool {
        if case .answered(let status, _) = self { status.activity != nil } else { false }
    }
}
