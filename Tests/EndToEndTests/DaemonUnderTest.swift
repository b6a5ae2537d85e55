import ControlProtocol
import LinuxSystem
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A `lawad` that runs as a process of its own, as an operator or systemd would start it.
struct DaemonUnderTest: Sendable {
    /// Its standard error, a line each.
    let log: Recording
    /// Asks it over its socket.
    let client: ControlClient
    /// Its process id.
    let processIdentifier: Int32

    private let sendSignal: @Sendable (Signal) throws -> Void

    /// Variables by which a supervisor of the tests could reach the daemon.
    private static let supervision = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "RUNTIME_DIRECTORY", "INVOCATION_ID",
    ]

    /// How a daemon ended, and what it said until then.
    struct Ending: Sendable {
        let status: TerminationStatus
        let log: [String]
    }

    /// Starts a daemon, hands it to `body`, and ends it with SIGTERM unless it has ended by then.
    ///
    /// - Parameter script: shell commands that run before the daemon in its process, `exec "$@"` at their end.
    @discardableResult
    static func run<Value: Sendable>(
        _ arguments: [String],
        socket: FilePath,
        environment: [String: String] = [:],
        script: String = #"exec "$@""#,
        _ body: @escaping @Sendable (DaemonUnderTest) async throws -> Value
    ) async throws -> (value: Value, ending: Ending) {
        let log = Recording("the daemon's log")
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: Arguments(["-c", script, "sh", BuiltProduct.path("lawad").string] + arguments),
            environment: Self.environment(environment),
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            let daemon = DaemonUnderTest(
                log: log,
                client: ControlClient(socket: socket),
                processIdentifier: execution.processIdentifier.value
            ) { try execution.send(signal: $0) }
            let lines = execution.standardError.strings()
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { log.finish() }
                    for try await line in lines { log.append(line) }
                }
                do {
                    let value = try await body(daemon)
                    if !log.isFinished { try daemon.send(.terminate) }
                    try await log.waitForEnd()
                    return value
                } catch {
                    try? daemon.send(.kill)
                    throw error
                }
            }
        }
        let ending = Ending(status: result.terminationStatus, log: log.items)
        return (result.closureResult, ending)
    }

    /// The environment of the tests without what a supervisor put there, and with additions.
    static func environment(_ additions: [String: String]) -> Environment {
        var changes: [Environment.Key: String?] = [:]
        for name in supervision { changes[Environment.Key(stringLiteral: name)] = .some(nil) }
        for (name, value) in additions { changes[Environment.Key(stringLiteral: name)] = value }
        return .inherit.updating(changes)
    }

    /// Sends a signal.
    func send(_ signal: Signal) throws {
        try sendSignal(signal)
    }

    /// Asks over the control socket, one question after the other, until an answer is as `isFound` wants it.
    @discardableResult
    func wait<Answer: Decodable & Sendable>(
        for route: ControlRoute,
        _ type: Answer.Type,
        until isFound: @escaping @Sendable (Answer) -> Bool
    ) async throws -> Answer {
        let last = Mutex<Answer?>(nil)
        do {
            return try await withDeadline("\(route.rawValue)") {
                while true {
                    let answer = try await client.ask(route, as: type)
                    if isFound(answer) { return answer }
                    last.withLock { $0 = answer }
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
        } catch {
            let text = last.withLock { "\($0.map { "\($0)" } ?? "none")" }
            throw Recording.Missing(description: "\(error); the last answer was \(text); the log has\n\(log.text)")
        }
    }

    /// Asks for a full look.
    func rescan() async throws {
        _ = try await client.ask(.rescan, as: AcceptedReport.self)
    }

    /// Waits until so many averages have been published since the start, and returns the log lines that say so.
    @discardableResult
    func published(_ count: Int) async throws -> [String] {
        try await log.wait(containing: "published ", count: count)
    }

    /// Waits until the first look is done and the socket answers.
    func ready() async throws {
        try await log.wait(containing: "lawad 0.")
        try await withDeadline("an answer of \"\(ControlRoute.health.rawValue)\"") {
            while true {
                if (try? await client.askBytes(.health)) != nil { return }
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }
}
