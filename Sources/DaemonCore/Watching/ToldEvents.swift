import Checkpoints
import SystemPackage

/// Remembers what was already told, so that each thing is told once.
struct ToldEvents {
    private var complete: Set<FailureLedger.MemberKey> = []
    private var incomplete: [String: Incompleteness] = [:]
    private var toldBroken: Set<String> = []
    private var layout: String?
    private var problems: Set<String> = []

    /// The events that a view adds to what was told before.
    mutating func news(in view: DirectoryView, watch: FilePath) -> [LogEvent] {
        var events: [LogEvent] = []
        if let name = view.layout, name != layout { events.append(.watching(path: watch, layout: name)) }
        layout = view.layout ?? layout
        events += problemNews(in: view)
        for checkpoint in view.complete where !complete.contains(FailureLedger.MemberKey(checkpoint)) {
            events.append(
                .checkpointComplete(
                    name: checkpoint.name,
                    step: checkpoint.step,
                    bytes: checkpoint.weightByteCount,
                    pinned: view.pinned.contains(checkpoint.name)
                )
            )
        }
        complete = Set(view.complete.map(FailureLedger.MemberKey.init))
        events += incompleteNews(in: view)
        return events
    }

    /// Every reason is told as it appears, below the default level. What somebody has to mend is told aloud once it has
    /// lasted from one look to the next, for a file that is being written looks broken for a moment.
    private mutating func incompleteNews(in view: DirectoryView) -> [LogEvent] {
        var events: [LogEvent] = []
        var lasting: Set<String> = []
        for (candidate, reason) in view.incomplete where reason != .settling {
            if incomplete[candidate.name] != reason {
                events.append(.checkpointIncomplete(name: candidate.name, step: candidate.step, reason: reason))
            } else if !reason.isTransient {
                lasting.insert(candidate.name)
                guard !toldBroken.contains(candidate.name) else { continue }
                events.append(.checkpointBroken(name: candidate.name, step: candidate.step, reason: reason))
            }
        }
        incomplete = Dictionary(view.incomplete.map { ($0.candidate.name, $0.reason) }) { $1 }
        toldBroken = lasting
        return events
    }

    private mutating func problemNews(in view: DirectoryView) -> [LogEvent] {
        let current: [(String?, (String) -> LogEvent)] = [
            (view.problem, { view.isPresent ? .layoutAmbiguous(problem: $0) : .directoryMissing(problem: $0) }),
            (view.pinProblem, { .pinsUnavailable(problem: $0) }),
            (view.watchProblem, { .eventsUnavailable(problem: $0) }),
        ]
        let events = current.compactMap { problem, event in
            problem.flatMap { problems.contains($0) ? nil : event($0) }
        }
        problems = Set(current.compactMap(\.0))
        return events
    }
}
