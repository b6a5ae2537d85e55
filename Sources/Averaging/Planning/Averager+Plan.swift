import Checkpoints
package import SystemPackage

extension Averager {
    /// Writes all outputs of a plan into a directory that nobody else sees, and makes them durable.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - directory: where the outputs' relative paths begin; it exists.
    ///   - control: progress and cancellation.
    ///   - space: what is asked again once all outputs have their room.
    /// - Throws: `AveragingError`; the files in the directory are then of no use.
    package func run(
        _ plan: AveragingPlan,
        into directory: FilePath,
        control: AveragingControl,
        space: SpaceBudget? = nil
    ) throws(AveragingError) -> Outcome {
        let names = AveragingNames(members: plan.window.members.map(\.name)) { plan.decisions[$0].tensor.name }
        return try run(plan.spans, into: [directory], control: control, names: names, space: space)
    }
}
