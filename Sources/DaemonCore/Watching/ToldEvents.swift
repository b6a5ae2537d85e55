import Checkpoints
import SystemPackage

/// Remembers what was already told, so that each thing is told once.
struct ToldEvents {
    private var complete: Set<FailureLedger.MemberKey> = []
    private var incomplete: [String: Incompleteness] = [:]
    private var toldBroken: Set<String> = []
    private var layout: String?
    private var isAbsent = false
    private var watching = WatchingMode.events
    private var restart: WindowRestart?
    private var ignored: Set<String> = []
    private var problems: Set<String> = []
    private var leftOut: Set<String> = []

    /// The events that a view adds to what was told before.
    mutating func news(in view: DirectoryView, watch: FilePath) -> [LogEvent] {
        var events: [LogEvent] = []
        if let name = view.layout, name != layout { events.append(.watching(path: watch, layout: name)) }
        layout = view.layout ?? layout
        events += problemNews(in: view)
        if isAbsent && view.isPresent { events.append(.directoryBack(path: watch)) }
        isAbsent = !view.isPresent
        if view.watching != watching, case .polling(let reason) = view.watching { events.append(.polling(reason)) }
        watching = view.watching
        if let restart = view.restart, restart != self.restart { events.append(.windowRestarted(restart)) }
        restart = view.restart
        events += ignoredNews(in: view)
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
        events += leftOutNews(in: view)
        events += incompleteNews(in: view)
        return events
    }

    /// What averages leave out is told of the first checkpoint, and again where there is more of it.
    private mutating func leftOutNews(in view: DirectoryView) -> [LogEvent] {
        guard let newest = view.complete.last else { return [] }
        let current = Set(newest.leftOut.map { "\($0.place ?? $0.file) \($0.reason.rawValue)" })
        let isNews = !current.isSubset(of: leftOut)
        leftOut.formUnion(current)
        return isNews ? [.leftOut(name: newest.name, step: newest.step, what: newest.leftOut)] : []
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

    private mutating func ignoredNews(in view: DirectoryView) -> [LogEvent] {
        let current = view.passedOver + view.aliases.map { ($0.candidate.name, $0.reason) }
        let news = current.filter { !ignored.contains($0.0) }
        ignored = Set(current.map(\.0))
        return news.map { .entryIgnored(name: $0.0, reason: $0.1) }
    }

    /// What a problem is told by: how many bytes are missing changes from look to look, and is told once.
    private static func key(_ problem: String) -> String {
        problem.filter { !$0.isNumber }
    }

    private mutating func problemNews(in view: DirectoryView) -> [LogEvent] {
        let current: [(String?, (String) -> LogEvent)] = [
            (view.problem, { view.isPresent ? .layoutAmbiguous(problem: $0) : .directoryMissing(problem: $0) }),
            (view.pinProblem, { .pinsUnavailable(problem: $0) }),
        ]
        let events = current.compactMap { problem, event in
            problem.flatMap { problems.contains(Self.key($0)) ? nil : event($0) }
        }
        problems = Set(current.compactMap(\.0).map(Self.key))
        return events
    }
}
