import Averaging
import Checkpoints
import ControlProtocol
import Logging
import SystemPackage

/// Everything that the daemon says, each with its level, its fields and an identifier that journal readers can rely on.
enum LogEvent {
    case starting(version: String, watch: FilePath, output: FilePath, recipes: String)
    case watching(path: FilePath, layout: String)
    case directoryMissing(problem: String)
    case layoutAmbiguous(problem: String)
    case checkpointComplete(name: String, step: Step, bytes: Int, pinned: Bool)
    case checkpointIncomplete(name: String, step: Step, reason: Incompleteness)
    case checkpointBroken(name: String, step: Step, reason: Incompleteness)
    case checkpointExcluded(name: String, step: Step, reason: String)
    case pinsUnavailable(problem: String)
    case entryIgnored(name: String, reason: String)
    case directoryBack(path: FilePath)
    case polling(WatchingMode.PollingReason)
    case windowRestarted(WindowRestart)
    case leftOut(name: String, step: Step, what: [LeftOut])
    case rescanning(reason: String)
    case averageStarted(recipe: String, name: String, step: Step, members: Int, bytes: Int)
    case averagePublished(
        recipe: String,
        name: String,
        step: Step,
        path: FilePath,
        memberSteps: [Step],
        bytes: Int,
        seconds: Double,
        removed: [String]
    )
    case averageRefused(recipe: String, name: String, step: Step, reason: String)
    case averageFailed(recipe: String, name: String, step: Step, reason: String)
    case averageNotRemoved(recipe: String, name: String, step: Step, reason: String)
    case averageUnsettled(recipe: String, name: String, step: Step, reason: String)
    case outputEntryIgnored(recipe: String, name: String, reason: String)
    case hookFailed(command: String, reason: String)
    case socketUnavailable(reason: String)
    case reloaded(path: FilePath)
    case reloadRefused(problem: String)
    case nothingToReload
    case failed(reason: String)
    case stopping
}

extension LogEvent {
    /// How much it matters.
    var level: Logger.Level {
        switch self {
        case .checkpointIncomplete, .averageStarted: .debug
        case .starting, .watching, .directoryMissing, .checkpointComplete, .rescanning, .stopping,
            .directoryBack, .entryIgnored, .outputEntryIgnored, .polling(.fileSystem):
            .info
        case .leftOut(_, _, let what): what.contains(where: \.isNotable) ? .notice : .info
        case .averagePublished, .reloaded, .nothingToReload: .notice
        case .layoutAmbiguous, .checkpointBroken, .checkpointExcluded, .pinsUnavailable, .polling,
            .windowRestarted, .averageRefused, .averageNotRemoved, .hookFailed, .socketUnavailable:
            .warning
        case .averageFailed, .averageUnsettled, .reloadRefused, .failed: .error
        }
    }

    /// The identifier under which the journal knows this kind of event.
    var messageID: String {
        switch self {
        case .starting: "3f1c0d5a2c0b4f6d9f1f7a0e4f0a1c01"
        case .watching: "9a6d2a1b7e5f4c55a8d4b0c1e2f30412"
        case .directoryMissing: "c4e0b7f21d934f2e8a57d6b3a1908e23"
        case .layoutAmbiguous: "5b0e7c93d1f84a26b7a4c2e6f8091d35"
        case .checkpointComplete: "5d7b1e94c8a24b7f9c3e20f6a8d1b434"
        case .checkpointIncomplete: "e8f2c6a03b914d5d8e7f41a2c9b06f45"
        case .checkpointBroken: "d0b7e3f19c5a4e268f40a2c6e8d31b57"
        case .checkpointExcluded: "17c9d3e5f0a84b62b1d8e6f4a2c07b56"
        case .pinsUnavailable: "b26e8f41d7c34a90a5f3c1e9d80b7467"
        case .entryIgnored: "58e0b7a1d3c94f6292f4c6a8e1b70d3d"
        case .directoryBack: "2d91f6b3c7e84a05b8d4a1e6f30c972b"
        case .polling: "6f0d92b8e4a54c1e9b7a3d5c8f126e78"
        case .windowRestarted: "a4c83e1d6f5b4f19920e7bd8c5a36f14"
        case .leftOut: "7b1e9d4c83f2465aa0d6c5e8f3912b74"
        case .rescanning: "d93a5c7e1f204b86a0e8f6c4b2d17989"
        case .averageStarted: "2b8e4d6f0c1a4e73b95d7f1a3c8e609a"
        case .averagePublished: "f5a1c3e7d9b04826ae6c8f0b2d4171ab"
        case .averageRefused: "80d4b6f2a8c14e39b7e5d3f19c0a82bc"
        case .averageFailed: "4c7e9a1b3d5f40628b0c2e4f6a8d93cd"
        case .averageNotRemoved: "0b7d5f3a9c1e4e28a6d4c2b0f8e6a571"
        case .averageUnsettled: "d27a6c1f4e9b4c03a58e7f10b3c6d942"
        case .outputEntryIgnored: "a93f5b7c2d8e4160b4c1e6a7f0d25839"
        case .hookFailed: "7e2c4a6b8d0f41359f1d3b5c7e9ab5ef"
        case .socketUnavailable: "4b8f2d6e0a9c4517b3e1c7d5f8a26093"
        case .reloaded: "c8b6d4f2a0e14c375b9f7d5e3a1bc6f0"
        case .reloadRefused: "31f5d7b9a3c24e8084e6f8c0b2add701"
        case .nothingToReload: "95a7c9e1f3b54d62a0c2e4d6f8bbe812"
        case .failed: "6e1f9b3d5a7c4f2088d0b2e4c6a8f013"
        case .stopping: "e6d8fab2c4e04f73b1d3f5a7c9ccf923"
        }
    }

    /// Fields for filters and scripts.
    var fields: [(name: String, value: String)] {
        switch self {
        case .starting(let version, let watch, let output, _):
            [("LAWA_VERSION", version), ("LAWA_WATCH", watch.string), ("LAWA_OUTPUT", output.string)]
        case .watching(let path, let layout): [("LAWA_WATCH", path.string), ("LAWA_LAYOUT", layout)]
        case .checkpointComplete(let name, let step, let bytes, _):
            [("LAWA_CHECKPOINT", name), ("LAWA_STEP", "\(step)"), ("LAWA_BYTES", "\(bytes)")]
        case .checkpointIncomplete(let name, let step, let reason), .checkpointBroken(let name, let step, let reason):
            Self.checkpoint(name, step, because: "\(reason)")
        case .checkpointExcluded(let name, let step, let reason): Self.checkpoint(name, step, because: reason)
        case .entryIgnored(let name, let reason): [("LAWA_CHECKPOINT", name), ("LAWA_REASON", reason)]
        case .directoryBack(let path): [("LAWA_WATCH", path.string)]
        case .windowRestarted(let restart): Self.checkpoint(restart.name, restart.step, because: restart.reason)
        case .leftOut(let name, let step, let what): Self.checkpoint(name, step, because: LeftOut.text(of: what))
        case .directoryMissing(let reason), .layoutAmbiguous(let reason), .pinsUnavailable(let reason),
            .rescanning(let reason), .socketUnavailable(let reason), .reloadRefused(let reason), .failed(let reason):
            [("LAWA_REASON", reason)]
        case .polling(let reason): [("LAWA_REASON", "\(reason)")]
        case .averageStarted(let recipe, let name, let step, _, let bytes):
            Self.average(recipe, name, step) + [("LAWA_BYTES", "\(bytes)")]
        case .averagePublished(let recipe, let name, let step, let path, let steps, let bytes, let seconds, let removed):
            Self.average(recipe, name, step) + [
                ("LAWA_PATH", path.string), ("LAWA_MEMBERS", "\(steps.count)"),
                ("LAWA_MEMBER_STEPS", steps.map { "\($0)" }.joined(separator: " ")), ("LAWA_BYTES", "\(bytes)"),
                ("LAWA_SECONDS", Readable.decimal(seconds, places: 3)),
            ] + (removed.isEmpty ? [] : [("LAWA_REMOVED", removed.joined(separator: "\n"))])
        case .averageRefused(let recipe, let name, let step, let reason),
            .averageFailed(let recipe, let name, let step, let reason),
            .averageNotRemoved(let recipe, let name, let step, let reason),
            .averageUnsettled(let recipe, let name, let step, let reason):
            Self.average(recipe, name, step) + [("LAWA_REASON", reason)]
        case .outputEntryIgnored(let recipe, let name, let reason):
            [("LAWA_RECIPE", recipe), ("LAWA_CHECKPOINT", name), ("LAWA_REASON", reason)]
        case .hookFailed(_, let reason): [("LAWA_REASON", reason)]
        case .reloaded, .nothingToReload, .stopping: []
        }
    }

    private static func checkpoint(
        _ name: String,
        _ step: Step,
        because reason: String
    ) -> [(name: String, value: String)] {
        [("LAWA_CHECKPOINT", name), ("LAWA_STEP", "\(step)"), ("LAWA_REASON", reason)]
    }

    private static func average(_ recipe: String, _ name: String, _ step: Step) -> [(name: String, value: String)] {
        [("LAWA_RECIPE", recipe), ("LAWA_CHECKPOINT", name), ("LAWA_STEP", "\(step)")]
    }
}
