/// Consecutive numbers for the outputs of all weights and for their seals.
struct OutputNumbers: Sendable {
    /// The seals of one set of outputs.
    let seals: SealIndex
    /// By output, the places that are written in the end.
    let late: [LateBytes]

    private let weightsCount: Int

    init(_ plan: SpanPlan) {
        seals = SealIndex(plan.outputs.map(\.seals))
        late = plan.outputs.map(LateBytes.init)
        weightsCount = plan.weights.count
    }

    /// Outputs of all weights.
    var fileCount: Int { weightsCount * late.count }

    /// The number of an output.
    func file(weights: Int, output: Int) -> Int {
        weights * late.count + output
    }

    /// The number of a seal, given its number in one set of outputs.
    func seal(weights: Int, number: Int) -> Int {
        weights * seals.count + number
    }
}
