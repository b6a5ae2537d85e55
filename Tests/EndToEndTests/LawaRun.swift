import LinuxSystem
import Subprocess
import SystemPackage
import Testing

/// One run of the built `lawa`, and what came of it.
struct LawaRun {
    let status: TerminationStatus
    let output: String
    let complaint: String

    /// Runs `lawa` without a terminal.
    static func lawa(_ arguments: String...) async throws -> LawaRun {
        try await command(BuiltProduct.path("lawa"), arguments)
    }

    /// The same, for tables of arguments.
    static func lawa(_ arguments: [String]) async throws -> LawaRun {
        try await command(BuiltProduct.path("lawa"), arguments)
    }

    /// The same, with variables of its own.
    static func lawa(_ arguments: [String], environment: [String: String]) async throws -> LawaRun {
        try await command(BuiltProduct.path("lawa"), arguments, environment: environment)
    }

    /// Runs a program.
    static func command(
        _ path: FilePath,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> LawaRun {
        let result = try await run(
            .path(path),
            arguments: Arguments(arguments),
            environment: DaemonUnderTest.environment(environment),
            input: .none,
            output: .string(limit: 8 << 20),
            error: .string(limit: 1 << 20)
        )
        return LawaRun(
            status: result.terminationStatus,
            output: result.standardOutput,
            complaint: result.standardError
        )
    }

    /// The exit code; nil after a signal.
    var code: Int32? {
        if case .exited(let code) = status { code } else { nil }
    }

    /// Whether standard error has one message of this program that holds all of some texts.
    func complains(of texts: [String]) -> Bool {
        complaint.hasPrefix("lawa: ") && complaint.split(separator: "\n").count == 1
            && texts.allSatisfy(complaint.contains)
    }
}
