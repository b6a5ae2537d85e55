import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import Logging
package import SystemPackage
import Text

/// What `lawad --dry-run` does: looks, plans, and says what would be averaged. Nothing is written, pinned or removed.
package struct DryRun {
    private let configuration: Configuration

    /// Prepares a dry run.
    package init(file: FilePath?, overrides: ConfigurationOverrides) throws(ConfigurationError) {
        configuration = try Daemon.configuration(file: file, overrides: overrides)
    }

    /// Prints what would be done.
    package func run() throws {
        let store = AverageStore(root: configuration.outputRoot, watched: configuration.watch)
        var averages: [String: [PublishedAverage]] = [:]
        for recipe in configuration.recipes { averages[recipe.name] = try store.averages(of: recipe.name) }
        var observer = DirectoryObserver(
            configuration: configuration,
            store: store,
            inotify: nil,
            mayPin: false
        )
        var view = observer.look(LookContext(averages: averages)) {}
        while view.isSettling, let deadline = observer.nextDeadline {
            HostProcess.pause(until: deadline)
            view = observer.look(LookContext(averages: averages)) {}
        }
        var lines = view.problem.map { ["\($0)"] } ?? []
        lines += view.incomplete.map { "\($0.candidate.name) is not complete: \($0.reason)" }
        for recipe in configuration.recipes {
            let schedule = AveragingSchedule(
                recipe: recipe,
                checkpoints: view.complete,
                generations: view.generations,
                averages: averages[recipe.name, default: []]
            )
            lines += describe(recipe, schedule, store)
        }
        try HostProcess.writeToStandardOutput(lines.map { $0.visibleLine + "\n" }.joined())
    }

    private func describe(_ recipe: Recipe, _ schedule: AveragingSchedule, _ store: AverageStore) -> [String] {
        guard !schedule.pending.isEmpty else {
            return ["\(recipe.name): \(schedule.waiting ?? "the newest window is averaged already")"]
        }
        return schedule.pending.map { window in
            do {
                let plan = try AveragingPlanner(rules: configuration.tensors).plan(window, recipe: recipe)
                let members = zip(window.members, plan.coefficients)
                    .map { "\($0.name) x \(Readable.decimal($1, places: 4))" }.joined(separator: ", ")
                let path = store.directory(of: recipe.name).appending(window.newest.name)
                return "\(recipe.name): would average \(members) into \"\(path)\": "
                    + "\(plan.averagedCount) of \(plan.decisions.count) tensors, "
                    + "\(Readable.bytes(plan.bytesToRead)) read, \(Readable.bytes(plan.bytesToWrite)) written"
            } catch {
                return "\(recipe.name): would refuse \(window.newest.name): \(error)"
            }
        }
    }
}
