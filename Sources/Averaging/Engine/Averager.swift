import Checkpoints
import LinuxSystem
import Synchronization
package import SystemPackage
import TensorFormats

/// Carries out a span plan: maps the members, averages block by block, streams the outputs.
///
/// Memory stays bounded by the number of threads and members, whatever the size of the model. The bytes written depend
/// on the plan and the members alone, not on threads, blocks or machine.
package struct Averager: Sendable {
    /// What a finished pass found out.
    package struct Outcome: Sendable {
        /// The content of each input.
        package let inputChecksums: [ContentChecksum]
        /// The content of each output.
        package let outputChecksums: [ContentChecksum]
        /// Decisions whose tensor is not the same bytes in all members.
        package let differing: Set<Int>
    }

    private let threads: Int

    /// Averages with this many threads.
    package init(threads: Int) {
        self.threads = max(1, threads)
    }

    /// Writes all outputs of a plan into a directory that nobody else sees, and makes them durable.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - directory: where the outputs' relative paths begin; it exists.
    ///   - control: progress and cancellation.
    /// - Throws: `AveragingError`; the files in the directory are then of no use.
    package func run(
        _ plan: AveragingPlan,
        into directory: FilePath,
        control: AveragingControl
    ) throws(AveragingError) -> Outcome {
        let spans = plan.spans
        let inputs = try InputSet(spans.inputs)
        let outputs = try OutputSet(spans.outputs, in: directory)
        control.begin(byteCount: spans.bytesToWrite)
        let pass = AveragingPass(plan: spans, inputs: inputs, outputs: outputs, control: control)
        BlockingThreads.run(count: threads, name: "lawad-average") { _ in pass.work() }
        let result = try pass.finish()
        if let block = result.nonFinite {
            let findings = NonFiniteCount(plan: plan, inputs: inputs).findings(tensor: block)
            // After the counting: what a vanished byte reads as is no evidence against a member, nor for it.
            try inputs.checkUnchanged()
            throw .nonFinite(findings)
        }
        let inputChecksums = try result.inputRuns.complete(spans.inputs, inputs: inputs, control: control)
        let outputChecksums = spans.outputs.indices.map { index in
            result.outputRuns.total(file: index, byteCount: spans.outputs[index].byteCount) { _ in ContentChecksum() }
        }
        try inputs.checkUnchanged()
        try outputs.synchronize()
        return Outcome(
            inputChecksums: inputChecksums,
            outputChecksums: outputChecksums,
            differing: result.differing
        )
    }
}

extension ChecksumRuns {
    /// The checksums of all inputs; what the pass had no use for is read now.
    fileprivate func complete(
        _ files: [SpanPlan.Input],
        inputs: InputSet,
        control: AveragingControl
    ) throws(AveragingError) -> [ContentChecksum] {
        var totals: [ContentChecksum] = []
        for (index, input) in files.enumerated() {
            let total = total(file: index, byteCount: input.file.fingerprint.byteCount) { gap in
                var checksum = ContentChecksum()
                for start in stride(from: gap.lowerBound, to: gap.upperBound, by: BlockQueue.blockByteCount)
                where !control.isCancelled {
                    let range = start..<min(start + BlockQueue.blockByteCount, gap.upperBound)
                    checksum.update(UnsafeRawBufferPointer(rebasing: inputs.bytes(index)[range]))
                    inputs.release(index, range)
                }
                return checksum
            }
            if control.isCancelled { throw .cancelled }
            totals.append(total)
        }
        return totals
    }
}
