import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A `lawa watch` that runs, without a terminal.
struct WatchUnderTest: Sendable {
    /// What it prints.
    let lines: Recording
    /// What it complains of.
    let complaints: Recording

    private let sendSignal: @Sendable (Signal) throws -> Void

    /// Starts it for a daemon, hands it to `body`, and ends it with a signal.
    ///
    /// - Returns: how it ended.
    static func run(
        _ place: DaemonPlace,
        _ arguments: [String] = [],
        endingWith signal: Signal = .interrupt,
        _ body: @escaping @Sendable (WatchUnderTest) async throws -> Void
    ) async throws -> TerminationStatus {
        let (lines, complaints) = (Recording("the lines of lawa watch"), Recording("the complaints of lawa watch"))
        let result = try await Subprocess.run(
            .path(BuiltProduct.path("lawa")),
            arguments: Arguments(["watch", "--socket", place.socket.string, "--interval", "0.1"] + arguments),
            input: .none,
            output: .sequence,
            error: .sequence
        ) { execution in
            let watch = WatchUnderTest(lines: lines, complaints: complaints) { try execution.send(signal: $0) }
            let (output, error) = (execution.standardOutput.strings(), execution.standardError.strings())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { lines.finish() }
                    for try await line in output { lines.append(line) }
                }
                group.addTask {
                    defer { complaints.finish() }
                    for try await line in error { complaints.append(line) }
                }
                do {
                    try await body(watch)
                    try watch.sendSignal(signal)
                    try await lines.waitForEnd()
                } catch {
                    try? watch.sendSignal(.kill)
                    throw error
                }
            }
        }
        return result.terminationStatus
    }
}
