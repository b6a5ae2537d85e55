import Averaging
import Checkpoints

/// Finds where in a run the tensors changed, so that no window reaches across; pure.
///
/// A vocabulary is resized, layers are unfrozen, another model is trained in the same place: from there on a window has to
/// fill anew.
struct Lineage {
    private struct Pair: Hashable {
        let earlier: [CheckpointFile]
        let later: [CheckpointFile]
    }

    private let planner: AveragingPlanner
    /// What neighbours were found to differ in, nil where in nothing; comparing a hundred thousand tensors takes time.
    private var differences: [Pair: String?] = [:]

    /// Compares what the rules average.
    init(rules: TensorRules) {
        planner = AveragingPlanner(rules: rules)
    }

    /// Why each checkpoint that cannot be averaged with the one before it cannot, by name.
    ///
    /// - Parameter checkpoints: whole checkpoints in ascending order of steps.
    mutating func breaks(in checkpoints: [Checkpoint]) -> [String: String] {
        var seen: [Pair: String?] = [:]
        var breaks: [String: String] = [:]
        for (earlier, later) in zip(checkpoints, checkpoints.dropFirst()) {
            let pair = Pair(earlier: earlier.weights + earlier.companions, later: later.weights + later.companions)
            let difference = differences[pair] ?? planner.mismatch(of: earlier, with: later).map { "\($0)" }
            seen[pair] = .some(difference)
            breaks[later.name] = difference
        }
        differences = seen
        return breaks
    }
}
