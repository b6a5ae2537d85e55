import Averaging
import Checkpoints
import ControlProtocol

/// The state of the daemon in one honest line.
struct StatusText {
    let pipeline: Pipeline
    let state: StatusBoard.State

    /// What is happening, or what is waited for, or what went wrong.
    var summary: String {
        if let activity = state.activity.map({ StatusReport.Activity($0) }) {
            return "\(activity.title): \(activity.figures)"
        }
        guard state.looks > 0 else { return "looking at \"\(state.configuration.watch)\" for the first time" }
        if let problem = state.view.problem { return problem }
        return state.configuration.recipes.map(line).joined(separator: "; ")
    }

    private func line(_ recipe: Recipe) -> String {
        let schedule = pipeline.schedule(of: recipe, in: state)
        let members = schedule.newest?.members.count ?? 0
        let newest = state.averages[recipe.name, default: []].latest
        let window: String
        switch recipe.window {
        case .last(let count): window = "\(recipe.name): window \(members)/\(count)"
        case .steps: window = "\(recipe.name): window of \(members)"
        }
        let average = newest.map { ", newest average \($0.manifest.name)" } ?? ", no average yet"
        return window + average + (waiting(recipe, schedule).map { " (\($0.reason))" } ?? "")
    }

    /// Why the newest window of a recipe has no average, and whether somebody has to mend something.
    func waiting(_ recipe: Recipe, _ schedule: AveragingSchedule) -> (reason: String, refused: Bool)? {
        for window in schedule.pending.reversed() {
            let key = FailureLedger.WindowKey(window, recipe: recipe)
            guard let failure = state.failures.failure(of: key) else { continue }
            return (failure.reason, failure.retry == nil)
        }
        guard let waiting = schedule.waiting else { return nil }
        guard let restart = state.view.restart, schedule.newest?.members.first?.name == restart.name else {
            return (waiting, false)
        }
        return ("\(waiting) since \(restart.name), where the window began anew: \(restart.reason)", false)
    }
}
