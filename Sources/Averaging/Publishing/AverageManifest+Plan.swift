package import Checkpoints
package import FoundationEssentials
import SystemPackage
import TensorFormats

extension AverageManifest {
    /// The manifest of a plan that was carried out.
    ///
    /// - Parameters:
    ///   - duration: how long the pass took.
    ///   - created: when it ended.
    package init(
        plan: AveragingPlan,
        outcome: Averager.Outcome,
        duration: Duration,
        created: Date,
        program: String
    ) {
        let newest = plan.newest.step.value
        let members = Self.members(of: plan, checksums: outcome.inputChecksums)
        self.init(
            version: Self.currentVersion,
            recipe: plan.recipe.name,
            window: plan.recipe.window.description,
            weighting: plan.recipe.weighting,
            name: plan.newest.name,
            step: newest,
            members: members,
            tensors: Self.tensors(of: plan, differing: outcome.differing),
            rounding: Self.roundingRule,
            diagnostics: Diagnostics(
                effectiveMembers: Self.effectiveMembers(plan.coefficients),
                meanAgeSteps: zip(members, plan.coefficients).reduce(0) { $0 + Double(newest - $1.0.step) * $1.1 }
            ),
            files: Self.files(of: plan, outcome),
            bytesRead: plan.bytesToRead,
            bytesWritten: plan.bytesToWrite,
            seconds: duration / .seconds(1),
            created: created.formatted(.iso8601),
            program: program
        )
    }

    /// Rounded where the coefficients themselves are: five fifths are five.
    private static func effectiveMembers(_ coefficients: [Double]) -> Double {
        let scale = 1e9
        return (scale / coefficients.reduce(0) { $0 + $1 * $1 }).rounded() / scale
    }

    /// The weight files that carrying out a plan made.
    static func files(of plan: AveragingPlan, _ outcome: Averager.Outcome) -> [FileRecord] {
        zip(plan.spans.outputs, outcome.outputChecksums[0]).map { output, checksum in
            FileRecord(path: output.relativePath, size: output.byteCount, checksum: checksum.text)
        }
    }

    private static func members(of plan: AveragingPlan, checksums: [ContentChecksum]) -> [Member] {
        plan.window.members.enumerated().map { index, checkpoint in
            let files = zip(plan.spans.inputs, checksums).filter { $0.0.member == index }.map { input, checksum in
                FileRecord(
                    path: input.file.relativePath,
                    size: input.file.fingerprint.byteCount,
                    mtimeNs: input.file.fingerprint.modificationTime,
                    checksum: checksum.text
                )
            }
            return Member(
                name: checkpoint.name,
                step: checkpoint.step.value,
                path: checkpoint.candidate.origin.string,
                coefficient: plan.coefficients[index],
                files: files
            )
        }
    }

    private static func tensors(of plan: AveragingPlan, differing: Set<Int>) -> Tensors {
        var averaged = Averaged(count: 0, elements: 0, bytes: 0)
        var copied: [Copied] = []
        for decision in plan.decisions {
            if let reason = decision.copyReason ?? (differing.contains(decision.leader) ? nil : .identical) {
                copied.append(Copied(name: decision.tensor.name, reason: reason))
            } else {
                averaged.count += 1
            }
        }
        // Shared bytes count once, however many tensors view them.
        for span in plan.spans.outputs.flatMap(\.spans) where differing.contains(span.tensor) {
            averaged.elements += span.output.count * 8 / plan.decisions[span.tensor].tensor.info.elementType.bitCount
            averaged.bytes += span.output.count
        }
        let hasBatchNorm = plan.decisions.contains { BatchNormStatistics.hasName($0.tensor.name) }
        return Tensors(
            averaged: averaged,
            copied: copied,
            leftOut: plan.newest.leftOut.isEmpty ? nil : plan.newest.leftOut,
            batchNorm: hasBatchNorm ? plan.rules.batchNorm : nil
        )
    }

    /// Whether this average ends at this very version of a checkpoint.
    package func ends(at checkpoint: Checkpoint) -> Bool {
        guard let newest = members.last, newest.step == checkpoint.step.value,
            newest.files.count == checkpoint.weights.count
        else { return false }
        return zip(newest.files, checkpoint.weights).allSatisfy { record, file in
            record.path == file.relativePath && record.size == file.fingerprint.byteCount
                && record.mtimeNs == file.fingerprint.modificationTime
        }
    }
}
