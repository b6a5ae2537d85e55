import LinuxSystem
import SystemPackage

@testable import Averaging

extension StagedAverage {
    /// Carries out a plan in a directory of a given path.
    static func make(
        _ plan: AveragingPlan,
        in directory: FilePath,
        outputName: String,
        format: OutputFormat = .same,
        averager: Averager,
        control: AveragingControl,
        program: String,
        space: SpaceBudget? = nil
    ) throws -> StagedAverage {
        let parent = directory.removingLastComponent()
        try Publication.makeDirectories(parent)
        let staged = try make(
            plan,
            in: HeldDirectory(parent),
            name: directory.lastComponent?.string ?? "",
            outputName: outputName,
            format: format,
            averager: averager,
            control: control,
            program: program,
            space: space
        )
        // By its own path, which outlives the value.
        return StagedAverage(
            directory: directory,
            outputName: staged.outputName,
            manifest: staged.manifest,
            place: staged.place
        )
    }
}
