import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// The way from a changed directory to a published average, stage by stage.
///
/// Each stage takes the value of the one before and hands on the next; nothing reaches back:
///
///     look at the directory            DirectoryObserver   -> DirectoryView (whole checkpoints, pinned; reasons)
///     which windows need an average    AveragingSchedule   -> CheckpointWindow
///     what exactly to do               AveragingPlanner    -> AveragingPlan | PlanRefusal
///     do it, where nobody sees it      StagedAverage       -> weights, companions, manifest
///     make it visible                  AverageStore        -> PublishedAverage
///     say so                           StatusBoard, DaemonLog, hooks
///
/// `WatchingService` drives the first stage, `AveragingService` the others.
struct Pipeline: Sendable {
    /// The next thing to average.
    struct Job: Sendable {
        let recipe: Recipe
        let window: CheckpointWindow
        let key: FailureLedger.WindowKey
    }

    /// Name and version for manifests.
    static let program = "lawad \(Program.version)"

    let board: StatusBoard
    let store: AverageStore
    let log: DaemonLog

    /// The job that is due: the oldest window without an average, whichever recipe it belongs to.
    func nextJob(now: ContinuousClock.Instant) -> Job? {
        let state = board.snapshot
        let jobs = state.configuration.recipes.flatMap { recipe in
            schedule(of: recipe, in: state).pending.map { window in
                Job(recipe: recipe, window: window, key: FailureLedger.WindowKey(window, recipe: recipe))
            }
        }
        let due = jobs.filter { state.failures.isDue($0.key, now: now) }
        return due.min { $0.window.newest.step < $1.window.newest.step }
    }

    /// What a recipe has to do with what is known.
    func schedule(of recipe: Recipe, in state: StatusBoard.State) -> AveragingSchedule {
        AveragingSchedule(
            recipe: recipe,
            checkpoints: state.failures.admitted(state.view.complete),
            generations: state.view.generations,
            averages: state.averages[recipe.name, default: []],
            failures: state.failures
        )
    }

    /// Carries out a job; blocks on file I/O. The outcome is on the board and in the log.
    ///
    /// - Returns: the new average, or nil where there is none.
    func perform(_ job: Job, control: AveragingControl) -> PublishedAverage? {
        let configuration = board.snapshot.configuration
        let newest = job.window.newest
        do throws(JobFailure) {
            let plan = try plan(job, configuration)
            let space = SpaceBudget(for: plan, at: store.root, reserve: configuration.limits.minFree)
            // Before it is told that the average begins; once it has its room, this is asked again.
            try requireRoom(space)
            log(
                .averageStarted(
                    recipe: job.recipe.name,
                    name: newest.name,
                    step: newest.step,
                    members: job.window.members.count,
                    bytes: plan.bytesToRead
                )
            )
            begin(plan, control)
            defer { board.update { $0.activity = nil } }
            let average = try makeAndPublish(plan, configuration, space, control)
            succeeded(average, job, plan)
            tellPublished(average, plan, removed: settle(average, configuration))
            return average
        } catch {
            failed(job, error, configuration)
            return nil
        }
    }

    private func plan(_ job: Job, _ configuration: Configuration) throws(JobFailure) -> AveragingPlan {
        do {
            return try AveragingPlanner(rules: configuration.tensors, known: board.snapshot.known)
                .plan(job.window, recipe: job.recipe)
        } catch {
            throw .refused(error)
        }
    }

    /// The reserve is the trainer's; the average takes none of it.
    private func requireRoom(_ space: SpaceBudget) throws(JobFailure) {
        do {
            try space.requireRoom()
        } catch {
            throw .failed(error)
        }
    }

    private func makeAndPublish(
        _ plan: AveragingPlan,
        _ configuration: Configuration,
        _ space: SpaceBudget,
        _ control: AveragingControl
    ) throws(JobFailure) -> PublishedAverage {
        let staging: HeldDirectory
        do {
            staging = try store.staging.make()
        } catch {
            throw .failed(.system(error))
        }
        let staged: StagedAverage
        do {
            staged = try StagedAverage.make(
                plan,
                in: staging,
                outputName: plan.newest.name,
                sequence: board.snapshot.averages[plan.recipe.name, default: []].nextSequence,
                averager: Averager(limits: configuration.limits.averaging),
                control: control,
                program: Self.program,
                space: space
            )
        } catch {
            throw .failed(error)
        }
        do {
            return try store.publish(staged, recipe: plan.recipe.name)
        } catch {
            throw .failed(space.explain(.system(error)))
        }
    }
}

/// Why a job gave no average.
enum JobFailure: Error {
    case refused(PlanRefusal)
    case failed(AveragingError)
}
