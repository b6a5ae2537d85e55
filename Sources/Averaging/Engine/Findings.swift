/// What a pass learns about the tensors while it averages them.
struct Findings: Sendable {
    /// For each decision whether its tensor was seen to differ between members.
    private(set) var differing: [Bool]
    /// The first tensor, in the newest member's order, in which a member is NaN or infinite where another is finite.
    private(set) var nonFinite: Int?

    init(_ plan: SpanPlan) {
        let last = plan.outputs.flatMap(\.spans).map(\.tensor).max() ?? -1
        differing = Array(repeating: false, count: last + 1)
    }

    /// Adds what a run of elements of a tensor turned out to be.
    mutating func add(_ finding: MeanOfMembers.Finding, tensor: Int) {
        switch finding {
        case .identical: break
        case .different: differing[tensor] = true
        case .mixedNonFinite: nonFinite = min(tensor, nonFinite ?? tensor)
        }
    }

    /// Adds what another worker learned.
    mutating func merge(_ other: Findings) {
        for tensor in differing.indices where other.differing[tensor] { differing[tensor] = true }
        if let tensor = other.nonFinite { nonFinite = min(tensor, nonFinite ?? tensor) }
    }
}
