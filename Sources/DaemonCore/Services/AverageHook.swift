import Averaging
import Checkpoints
import LinuxSystem
import Subprocess
import SystemPackage

/// Runs the configured command for an average, without a shell, and ends it when it takes too long.
struct AverageHook {
    let pipeline: Pipeline

    private enum Outcome {
        case ended(TerminationStatus)
        case timedOut
    }

    /// Runs the hook, if there is one; a failure is logged and changes nothing else.
    func run(for average: PublishedAverage) async {
        guard let hook = pipeline.board.snapshot.configuration.onAverage, let program = hook.command.first else {
            return
        }
        let problem = await problem(hook, program, environment(for: average))
        pipeline.board.update { $0.hookProblem = problem.map { "the hook \(program) failed: \($0)" } }
        if let problem { pipeline.log(.hookFailed(command: program, reason: problem)) }
    }

    private func environment(for average: PublishedAverage) -> [Environment.Key: String] {
        let isDirectory = (try? FileStatus.of(average.path).kind) == .directory
        let manifest = ManifestFile.path(of: average.path, unit: isDirectory ? .directory : .file)
        return [
            "LAWA_AVERAGE": average.path.string, "LAWA_MANIFEST": manifest.string,
            "LAWA_RECIPE": average.manifest.recipe, "LAWA_STEP": "\(average.step)",
            "LAWA_CHECKPOINT": average.manifest.name,
        ]
    }

    private func problem(
        _ hook: Configuration.Hook,
        _ program: String,
        _ environment: [Environment.Key: String]
    ) async -> String? {
        do {
            switch try await outcome(hook, program, environment) {
            case .timedOut: return "it was ended after \(hook.timeout), its time limit"
            case .ended(.exited(0)): return nil
            case .ended(.exited(let code)): return "it exited with status \(code)"
            case .ended(let status): return "it ended with \(status)"
            }
        } catch is CancellationError {
            return "it was ended because the daemon stops"
        } catch {
            return "\(error)"
        }
    }

    private func outcome(
        _ hook: Configuration.Hook,
        _ program: String,
        _ environment: [Environment.Key: String]
    ) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
        ]
        let platformOptions = options
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    program.contains("/") ? .path(FilePath(program)) : .name(program),
                    arguments: Arguments(Array(hook.command.dropFirst())),
                    environment: .inherit.updating(environment.mapValues { Optional($0) }),
                    platformOptions: platformOptions,
                    output: .discarded,
                    error: .discarded
                )
                return .ended(result.terminationStatus)
            }
            group.addTask {
                try await Task.sleep(for: hook.timeout)
                return .timedOut
            }
            let first = try await group.next() ?? .timedOut
            group.cancelAll()
            return first
        }
    }
}
