import Subprocess

/// A `lawad` that is run to its end.
enum DaemonCommand {
    /// What it said and how it ended.
    struct Outcome: Sendable {
        let status: TerminationStatus
        let output: String
        let errors: String
    }

    /// Runs `lawad` with these arguments.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(arguments, environment: environment)
    }

    /// Runs `lawad` with these arguments.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        try await withDeadline("the end of lawad \(arguments)") {
            let result = try await Subprocess.run(
                .path(BuiltProduct.path("lawad")),
                arguments: Arguments(arguments),
                environment: DaemonUnderTest.environment(environment),
                input: .none,
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20)
            )
            return Outcome(
                status: result.terminationStatus,
                output: result.standardOutput,
                errors: result.standardError
            )
        }
    }
}
