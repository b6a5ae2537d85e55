import Checkpoints
import SystemPackage
import TestSupport

@testable import Averaging

extension StagedAverage {
    /// Makes an average as safetensors; without a name under that of the newest member.
    static func export(_ plan: AveragingPlan, in directory: FilePath, name: String? = nil) throws -> StagedAverage {
        let isFile = plan.newest.candidate.unit == .file
        return try make(
            plan,
            in: directory.appending("staged"),
            outputName: name ?? (isFile ? ExportName.safetensors(for: plan.newest.name) : plan.newest.name),
            format: .safetensors,
            averager: Averager(limits: EngineLimits(threads: 1)),
            control: AveragingControl(),
            program: "test"
        )
    }
}
