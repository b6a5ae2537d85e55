import Averaging
import Checkpoints
import ControlProtocol

extension LogEvent {
    /// The event as a line for people.
    var message: String {
        switch self {
        case .starting(let version, let watch, let output, let recipes):
            "lawad \(version): watching \"\(watch)\", averages go to \"\(output)\"; \(recipes)"
        case .watching(let path, let layout): "\"\(path)\" has the layout \(layout)"
        case .directoryMissing(let problem), .layoutAmbiguous(let problem): problem
        case .checkpointComplete(let name, _, let bytes, let pinned):
            "\(name) is complete (\(Readable.bytes(bytes))\(pinned ? ", pinned" : ""))"
        case .checkpointIncomplete(let name, _, let reason): "\(name) is not complete: \(reason)"
        case .checkpointBroken(let name, _, let reason): "\(name) cannot be used as it is: \(reason)"
        case .checkpointExcluded(let name, _, let reason): "\(name) is kept out of every window: \(reason)"
        case .pinsUnavailable(let problem): "checkpoints cannot be pinned: \(problem)"
        case .entryIgnored(let name, let reason): "\(name) is passed over: \(reason)"
        case .directoryBack(let path): "\"\(path)\" can be seen now"
        case .polling(let reason): "looking at intervals instead of relying on events: \(reason)"
        case .windowRestarted(let restart): "the window begins anew at \(restart.name): \(restart.reason)"
        case .leftOut(let name, _, let what): "the average of \(name) leaves out \(LeftOut.text(of: what))"
        case .rescanning(let reason): "looking at the whole directory again: \(reason)"
        case .averageStarted(let recipe, let name, _, let members, let bytes):
            "averaging \(members) checkpoints up to \(name) (\(recipe), reading \(Readable.bytes(bytes)))"
        case .averagePublished(_, _, _, let path, let steps, let bytes, let seconds, let removed):
            "published \(path): average of \(steps.count) checkpoints, \(Readable.bytes(bytes)) read in "
                + "\(Readable.decimal(seconds, places: 2)) s"
                + (removed.isEmpty ? "" : "; removed \(removed.joined(separator: ", ")), as retention says")
        case .averageRefused(let recipe, let name, _, let reason): "no \(recipe) average for \(name): \(reason)"
        case .averageFailed(let recipe, let name, _, let reason): "the \(recipe) average for \(name) failed: \(reason)"
        case .averageNotRemoved(let recipe, let name, _, let reason):
            "\(recipe)/\(name) could not be removed as retention says: \(reason)"
        case .averageUnsettled(let recipe, let name, _, let reason):
            "\(recipe)/\(name) is published, but what follows failed and is tried again: \(reason)"
        case .outputEntryIgnored(let recipe, let name, let reason):
            "\(recipe)/\(name) cannot be looked at and counts as somebody else's: \(reason)"
        case .hookFailed(let command, let reason): "the hook \(command) failed: \(reason)"
        case .reloaded(let path): "reloaded \"\(path)\""
        case .socketUnavailable(let reason):
            "there is no control socket, and lawa cannot ask: \(reason); remove that, or set control.socket or --socket"
        case .reloadRefused(let problem): "the configuration was not reloaded, the old one keeps working: \(problem)"
        case .nothingToReload: "there is no configuration file to reload; looking at the directory again"
        case .failed(let reason): "lawad cannot go on: \(reason)"
        case .stopping: "stopping"
        }
    }
}
