import LinuxSystem
import Synchronization
import TensorFormats

/// One pass over all blocks, shared by the workers.
final class AveragingPass: Sendable {
    /// What all workers together found out.
    struct Result {
        var inputRuns: ChecksumRuns
        var outputRuns: ChecksumRuns
        var differing: Set<Int> = []
        /// The first tensor, in the newest member's order, with a non-finite element where others are finite.
        var nonFinite: Int?
        var failure: SystemCallError?
    }

    private let plan: SpanPlan
    private let inputs: InputSet
    private let outputs: OutputSet
    private let control: AveragingControl
    private let queue: BlockQueue
    private let stopped = Atomic(false)
    private let result: Mutex<Result>

    init(plan: SpanPlan, inputs: InputSet, outputs: OutputSet, control: AveragingControl) {
        self.plan = plan
        self.inputs = inputs
        self.outputs = outputs
        self.control = control
        queue = BlockQueue(plan.outputs)
        result = Mutex(
            Result(
                inputRuns: ChecksumRuns(fileCount: plan.inputs.count),
                outputRuns: ChecksumRuns(fileCount: plan.outputs.count)
            )
        )
    }

    /// One worker's share: takes blocks until there are none, or until somebody stops the pass.
    func work() {
        var worker = BlockWorker(plan: plan, inputs: inputs)
        do throws(SystemCallError) {
            while !stopped.load(ordering: .relaxed), !control.isCancelled, let block = queue.take() {
                try worker.fill(block) { bytes throws(SystemCallError) in
                    try outputs.write(bytes, output: block.output, at: block.range.lowerBound)
                }
                control.advance(by: block.range.count)
                if worker.nonFinite != nil { stopped.store(true, ordering: .relaxed) }
            }
            report(worker, failure: nil)
        } catch {
            stopped.store(true, ordering: .relaxed)
            report(worker, failure: error)
        }
    }

    /// The result after all workers have ended.
    func finish() throws(AveragingError) -> Result {
        if control.isCancelled { throw .cancelled }
        return try result.withLock { result throws(AveragingError) in
            if let failure = result.failure { throw .system(failure) }
            return result
        }
    }

    private func report(_ worker: borrowing BlockWorker, failure: SystemCallError?) {
        let (inputRuns, outputRuns) = (worker.inputRuns, worker.outputRuns)
        let (differing, nonFinite) = (worker.differing, worker.nonFinite)
        result.withLock { result in
            result.inputRuns.merge(inputRuns)
            result.outputRuns.merge(outputRuns)
            result.differing.formUnion(differing)
            if let tensor = nonFinite { result.nonFinite = min(tensor, result.nonFinite ?? tensor) }
            result.failure = result.failure ?? failure
        }
    }
}
