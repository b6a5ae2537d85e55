import Averaging
import Checkpoints
import ControlProtocol
import SystemPackage

/// What an average of some checkpoints would do.
struct PlanReport: Encodable {
    /// A checkpoint and how much it counts.
    struct Member: Encodable {
        let name: String
        let step: Int
        let path: String
        let bytes: Int
        let coefficient: Double
    }

    let name: String
    let step: Int
    let weighting: Weighting
    let members: [Member]
    let tensors: TensorTally
    let leftOut: [LeftOut]
    let bytesToRead: Int
    let bytesToWrite: Int

    /// Tells of a plan.
    init(_ plan: AveragingPlan) {
        name = plan.newest.name
        step = plan.newest.step.value
        weighting = plan.recipe.weighting
        members = zip(plan.window.members, plan.coefficients).map { checkpoint, coefficient in
            Member(
                name: checkpoint.name,
                step: checkpoint.step.value,
                path: checkpoint.candidate.path.string,
                bytes: checkpoint.weightByteCount,
                coefficient: coefficient
            )
        }
        tensors = TensorTally(plan.decisions)
        leftOut = plan.newest.leftOut
        bytesToRead = plan.bytesToRead
        bytesToWrite = plan.bytesToWrite
    }

    /// The plan for people, members oldest first.
    func lines(columns: Int?) -> [String] {
        var table = Table([.figures("STEP"), .figures("COEFFICIENT"), .figures("SIZE"), .text("CHECKPOINT")])
        for member in members {
            let coefficient = Readable.decimal(member.coefficient, places: 6)
            table.add(["\(member.step)", coefficient, Readable.bytes(member.bytes), member.path])
        }
        let fields = [
            ("average", "\(Plural.checkpoints(members.count)), \(weighting.rawValue), newest \(name)"),
            ("averaged", tensors.averagedText),
            ("copied", tensors.copiedText),
            ("left out", leftOut.isEmpty ? "nothing" : LeftOut.text(of: leftOut)),
            ("reads", Readable.bytes(bytesToRead)),
            ("writes", Readable.bytes(bytesToWrite)),
        ]
        return fields.flatMap { TextWrapping.hanging($0.1, label: $0.0, indentation: 10, columns: columns) }
            + [""] + table.lines(width: columns)
    }
}
