import Averaging
import Checkpoints

/// How far back from the newest candidate the windows of all recipes reach, told while walking back.
struct Horizon {
    /// The step down from which members are counted: the newest average's, or the newest candidate's.
    private let floor: Int
    /// How many whole checkpoints from there back a window by count needs.
    let count: Int
    /// The step below which no window by steps reaches.
    private let lowestStep: Int?
    private let failures: FailureLedger
    private var passedCount = 0

    init(
        recipes: [Recipe],
        averages: [String: [PublishedAverage]],
        failures: FailureLedger = FailureLedger(),
        newest: Step?
    ) {
        self.failures = failures
        let newestStep = newest?.value ?? 0
        // A run that started over has averages of higher steps than its checkpoints; they reach no further back.
        let published = recipes.map { recipe in
            averages[recipe.name, default: []].map(\.step.value).filter { $0 <= newestStep }.max() ?? newestStep
        }
        floor = published.min() ?? newestStep
        count = recipes.map { if case .last(let count) = $0.window { count } else { 1 } }.max() ?? 1
        lowestStep = zip(recipes, published).compactMap { recipe, step in
            if case .steps(let steps) = recipe.window { step - steps + 1 } else { nil }
        }.min()
    }

    /// Notes a whole checkpoint on the way back.
    mutating func passed(_ checkpoint: Checkpoint) {
        if checkpoint.step.value <= floor && failures.exclusion(of: checkpoint) == nil { passedCount += 1 }
    }

    /// Whether no window needs a candidate of this step or an older one.
    func isReached(at step: Step) -> Bool {
        passedCount >= count && lowestStep.map { step.value < $0 } ?? true
    }
}
