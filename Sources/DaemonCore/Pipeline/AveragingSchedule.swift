import Averaging
import Checkpoints

/// Decides which windows of a recipe still need an average; pure.
struct AveragingSchedule {
    /// Windows without an average, oldest first.
    let pending: [CheckpointWindow]
    /// The window that ends at the newest checkpoint, full or not; nil where there is no checkpoint.
    let newest: CheckpointWindow?
    /// Why the newest window gets no average, where it gets none.
    let waiting: String?

    /// Compares whole checkpoints with what is published.
    ///
    /// The newest possible window always gets its average. Windows between the newest average and that one are caught
    /// up in order, for the daemon may have been down or busy; one that failed for a passing reason keeps its turn although
    /// later ones were averaged. Older history is left alone: a directory with two hundred old checkpoints gets one average,
    /// not two hundred.
    ///
    /// - Parameters:
    ///   - checkpoints: whole checkpoints in ascending order of steps.
    ///   - generations: numbers by name; checkpoints of different numbers are never averaged together.
    ///   - averages: what is published of this recipe.
    ///   - failures: windows that gave no average when they were tried.
    ///   - underway: the step at which an average ends that is being made.
    init(
        recipe: Recipe,
        checkpoints: [Checkpoint],
        generations: [String: Int] = [:],
        averages: [PublishedAverage],
        failures: FailureLedger = FailureLedger(),
        underway: Step? = nil
    ) {
        let windows = Self.split(checkpoints, by: generations).flatMap { generation in
            generation.indices.map { CheckpointWindow(endingAt: $0, of: generation, rule: recipe.window) }
        }
        newest = windows.last
        let ends = Self.spaced(windows.filter { Self.isEligible($0, recipe) }, recipe: recipe, averages: averages)
        guard let last = ends.last else {
            pending = []
            waiting = Self.waitingReason(newest, recipe: recipe)
            return
        }
        let floor = averages.map(\.step).filter { $0 <= last.newest.step }.max()
        pending = ends.filter { window in
            let isLast = window.newest.step == last.newest.step
            let isCatchUp = floor.map { window.newest.step > $0 } ?? false
            let isUnderway = underway.map { window.newest.step >= $0 } ?? false
            let isOwed = failures.isOwed(FailureLedger.WindowKey(window, recipe: recipe))
            guard isLast || isCatchUp || isUnderway || isOwed else { return false }
            guard let average = averages.first(where: { $0.manifest.ends(at: window.newest) }) else { return true }
            return isLast && Self.lacksMember(average, of: window)
        }
        waiting = newest.flatMap { Self.isEligible($0, recipe) ? nil : Self.waitingReason($0, recipe: recipe) }
    }

    /// The names of all checkpoints that an average still needs, now or when the next checkpoint arrives.
    var needed: Set<String> {
        Set((pending + (newest.map { [$0] } ?? [])).flatMap { $0.members.map(\.name) })
    }

    /// Whether an average was made before one of its window's members came, in between or late.
    ///
    /// Older members that a longer window has, or that took the place of one that is gone, do not count.
    private static func lacksMember(_ average: PublishedAverage, of window: CheckpointWindow) -> Bool {
        let steps = Set(average.manifest.members.map(\.step))
        guard let oldest = steps.min() else { return false }
        return window.members.contains { $0.step.value > oldest && !steps.contains($0.step.value) }
    }

    private static func split(_ checkpoints: [Checkpoint], by generations: [String: Int]) -> [[Checkpoint]] {
        checkpoints.reduce(into: []) { parts, checkpoint in
            if let last = parts.last?.last, generations[last.name] == generations[checkpoint.name] {
                parts[parts.count - 1].append(checkpoint)
            } else {
                parts.append([checkpoint])
            }
        }
    }

    private static func isEligible(_ window: CheckpointWindow, _ recipe: Recipe) -> Bool {
        window.members.count >= recipe.minimumMembers && window.newest.step.value >= recipe.fromStep ?? 0
    }

    /// Leaves out windows that end too few steps after the one before.
    private static func spaced(
        _ windows: [CheckpointWindow],
        recipe: Recipe,
        averages: [PublishedAverage]
    ) -> [CheckpointWindow] {
        guard let everySteps = recipe.everySteps, let first = windows.first else { return windows }
        var previous = averages.map(\.step).filter { $0 < first.newest.step }.max()
        return windows.filter { window in
            let isPublished = averages.contains { $0.step == window.newest.step }
            if let previous, !isPublished, window.newest.step.value - previous.value < everySteps { return false }
            previous = window.newest.step
            return true
        }
    }

    private static func waitingReason(_ newest: CheckpointWindow?, recipe: Recipe) -> String {
        guard let newest else { return "no complete checkpoint yet; needs \(recipe.minimumMembers)" }
        let count = newest.members.count
        if count < recipe.minimumMembers {
            return "has \(count) of \(recipe.minimumMembers) complete checkpoints"
        }
        return "the first average is due at step \(recipe.fromStep ?? 0)"
    }
}
