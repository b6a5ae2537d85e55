import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import SystemPackage

/// What the daemon knows, as its clients get it.
struct StatusReports {
    let pipeline: Pipeline
    let state: StatusBoard.State
    let identity: DaemonIdentity

    /// The answer to `GET /v1/status`.
    func status() -> StatusReport {
        StatusReport(
            program: "lawad",
            version: Program.version,
            pid: Int(HostProcess.identifier),
            instance: identity.instance,
            uptimeSeconds: (ContinuousClock.now - identity.startedAt) / .seconds(1),
            output: pipeline.store.root.string,
            watch: watch,
            pins: pins,
            newest: newest,
            leftOut: state.view.complete.last.flatMap { $0.leftOut.isEmpty ? nil : LeftOut.text(of: $0.leftOut) },
            recipes: state.configuration.recipes.map(recipe),
            activity: state.activity.map { StatusReport.Activity($0) },
            summary: StatusText(pipeline: pipeline, state: state).summary,
            problems: problems,
            residentBytes: HostProcess.residentBytes
        )
    }

    /// The answer to `GET /v1/checkpoints`.
    func checkpoints(_ page: ReportPage) -> CheckpointsReport {
        let all = standings
        let (entries, next) = page.entries(of: all, key: \.order)
        return CheckpointsReport(checkpoints: entries.map(report), total: all.count, next: next?.text)
    }

    /// How many checkpoints there are of each state.
    var counts: [CheckpointReport.State: Int] {
        standings.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }

    /// The answer to `GET /v1/averages`.
    func averages(_ page: ReportPage) -> AveragesReport {
        let all = state.configuration.recipes.flatMap { recipe in
            let averages = state.averages[recipe.name, default: []]
            let newest = averages.latest?.manifest.name
            return averages.map { (average: $0, isLatest: $0.manifest.name == newest) }
        }
        let (entries, next) = page.entries(of: all) { entry in
            let manifest = entry.average.manifest
            return PageKey(step: manifest.step, name: "\(manifest.recipe)/\(manifest.name)")
        }
        return AveragesReport(
            averages: entries.map { report($0.average, isLatest: $0.isLatest) },
            total: all.count,
            next: next?.text
        )
    }

    /// A checkpoint and what became of it.
    private struct Standing {
        let candidate: CheckpointCandidate
        let state: CheckpointReport.State
        var reason: String?
        var bytes: Int?

        var order: PageKey { PageKey(step: candidate.step.value, name: candidate.name) }
    }

    /// All checkpoints.
    private var standings: [Standing] {
        let excluded = (state.view.aliases + state.view.superseded).map { candidate, reason in
            Standing(candidate: candidate, state: .excluded, reason: reason)
        }
        // A pin of one that has left the windows stays a moment longer than it is looked at.
        let looked = Set(state.view.complete.map(\.name))
        return inspected + excluded
            + state.view.older.lazy.filter { !looked.contains($0.name) }.map { Standing(candidate: $0, state: .older) }
    }

    /// The checkpoints that were looked into and that are of the run as it is now.
    private var inspected: [Standing] {
        let members = Set(
            state.configuration.recipes.flatMap { recipe in
                pipeline.schedule(of: recipe, in: state).newest?.members.map(\.name) ?? []
            }
        )
        let incomplete = state.view.incomplete.map { candidate, reason in
            Standing(candidate: candidate, state: .incomplete, reason: "\(reason)")
        }
        // A checkpoint that is being rewritten while its pin keeps the old version is told once, as unfinished.
        let unfinished = Set(incomplete.map(\.candidate.name))
        let complete = state.view.complete.filter { !unfinished.contains($0.name) }.map { checkpoint in
            let exclusion = state.failures.exclusion(of: checkpoint)
            return Standing(
                candidate: checkpoint.candidate,
                state: exclusion != nil ? .excluded : members.contains(checkpoint.name) ? .window : .complete,
                reason: exclusion,
                bytes: checkpoint.weightByteCount
            )
        }
        return incomplete + complete
    }

    /// The newest checkpoint of the run as it is now, whole or not.
    private var newest: CheckpointReport? {
        let left = Set((state.view.superseded + state.view.aliases).map(\.candidate.name))
        // Those too old to be looked into are sorted, and there may be very many.
        let older = state.view.older.first { !left.contains($0.name) }
        let standings =
            inspected.filter { !left.contains($0.candidate.name) }
            + [older.map { Standing(candidate: $0, state: .older) }].compactMap(\.self)
        return standings.max { $0.order < $1.order }.map(report)
    }

    private var watch: StatusReport.Watch {
        StatusReport.Watch(
            path: state.configuration.watch.string,
            present: state.view.isPresent,
            layout: state.view.layout,
            problem: state.view.problem,
            filesystem: state.view.fileSystem,
            mode: state.view.watching.name,
            modeReason: state.view.watching.reason.map { "\($0)" },
            checkpointsSeen: state.view.seenCount
        )
    }

    private var pins: StatusReport.Pins {
        StatusReport.Pins(
            method: state.configuration.pin.rawValue,
            means: state.view.pinMeans?.rawValue,
            count: state.view.pinned.count,
            bytes: state.view.heldBytes,
            limit: state.configuration.limits.maxPinned
        )
    }

    private var problems: [String] {
        [
            state.view.problem, state.view.pinProblem, state.view.watching.problem, state.hookProblem,
            state.reloadProblem,
        ].compactMap(\.self) + state.output.problems
    }

    private func recipe(_ recipe: Recipe) -> StatusReport.Recipe {
        let schedule = pipeline.schedule(of: recipe, in: state)
        let averages = state.averages[recipe.name, default: []]
        let waiting = StatusText(pipeline: pipeline, state: state).waiting(recipe, schedule)
        return StatusReport.Recipe(
            name: recipe.name,
            window: recipe.window.description,
            needed: recipe.minimumMembers,
            members: schedule.newest?.members.map(\.name) ?? [],
            latest: averages.latest.map { report($0, isLatest: true) },
            waiting: waiting?.reason,
            refused: waiting?.refused ?? false,
            averagesPublished: averages.count
        )
    }

    private func report(_ standing: Standing) -> CheckpointReport {
        CheckpointReport(
            name: standing.candidate.name,
            step: standing.candidate.step.value,
            state: standing.state,
            reason: standing.reason,
            bytes: standing.bytes,
            pinned: state.view.pinned.contains(standing.candidate.name),
            pinOnly: state.view.pinOnly.contains(standing.candidate.name),
            path: standing.candidate.origin.string
        )
    }

    private func report(_ average: PublishedAverage, isLatest: Bool) -> AverageReport {
        AverageReport(
            recipe: average.manifest.recipe,
            name: average.manifest.name,
            step: average.manifest.step,
            path: average.path.string,
            memberSteps: average.manifest.members.map(\.step),
            bytes: average.manifest.files.reduce(0) { $0 + $1.size },
            seconds: average.manifest.seconds,
            created: average.manifest.created,
            latest: isLatest
        )
    }
}
