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
            recipes: state.configuration.recipes.map(recipe),
            activity: state.activity.map { StatusReport.Activity($0) },
            summary: StatusText(pipeline: pipeline, state: state).summary,
            problems: problems,
            residentBytes: HostProcess.residentBytes
        )
    }

    /// The answer to `GET /v1/checkpoints`.
    func checkpoints() -> CheckpointsReport {
        let members = Set(
            state.configuration.recipes.flatMap { recipe in
                pipeline.schedule(of: recipe, in: state).newest?.members.map(\.name) ?? []
            }
        )
        let incomplete = state.view.incomplete.map { candidate, reason in
            report(candidate, state: .incomplete, reason: "\(reason)", bytes: nil)
        }
        let complete = state.view.complete.map { checkpoint in
            let exclusion = state.failures.exclusion(of: checkpoint)
            let standing: CheckpointReport.State =
                exclusion != nil ? .excluded : members.contains(checkpoint.name) ? .window : .complete
            return report(
                checkpoint.candidate,
                state: standing,
                reason: exclusion,
                bytes: checkpoint.weightByteCount
            )
        }
        let excluded = (state.view.aliases + state.view.superseded).map { candidate, reason in
            report(candidate, state: .excluded, reason: reason, bytes: nil)
        }
        // A checkpoint that is being rewritten while its pin keeps the old version is told once, as unfinished.
        let unfinished = Set(incomplete.map(\.name))
        // A pin of one that has left the windows stays a moment longer than it is looked at.
        let looked = Set(complete.map(\.name))
        let all =
            incomplete + excluded + complete.filter { !unfinished.contains($0.name) }
            + state.view.older.filter { !looked.contains($0.name) }
            .map { report($0, state: .older, reason: nil, bytes: nil) }
        return CheckpointsReport(checkpoints: all.sorted { ($0.step, $0.name) > ($1.step, $1.name) })
    }

    /// The answer to `GET /v1/averages`.
    func averages() -> AveragesReport {
        let all = state.configuration.recipes.flatMap { recipe in
            let averages = state.averages[recipe.name, default: []]
            let newest = averages.latest?.manifest.name
            return averages.map { report($0, isLatest: $0.manifest.name == newest) }
        }
        return AveragesReport(averages: all.sorted { ($0.step, $0.recipe) > ($1.step, $1.recipe) })
    }

    /// The newest checkpoint of the run as it is now, whole or not.
    private var newest: CheckpointReport? {
        let left = Set((state.view.superseded + state.view.aliases).map(\.candidate.name))
        return checkpoints().checkpoints.first { !left.contains($0.name) }
    }

    private var watch: StatusReport.Watch {
        StatusReport.Watch(
            path: state.configuration.watch.string,
            present: state.view.isPresent,
            layout: state.view.layout,
            problem: state.view.problem,
            filesystem: try? FileSystem.typeName(at: state.configuration.watch),
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

    private func report(
        _ candidate: CheckpointCandidate,
        state standing: CheckpointReport.State,
        reason: String?,
        bytes: Int?
    ) -> CheckpointReport {
        CheckpointReport(
            name: candidate.name,
            step: candidate.step.value,
            state: standing,
            reason: reason,
            bytes: bytes,
            pinned: state.view.pinned.contains(candidate.name),
            pinOnly: state.view.pinOnly.contains(candidate.name),
            path: candidate.origin.string
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
