import LinuxSystem
package import SystemPackage

/// Carries out a span plan: reads the members once, averages chunk by chunk, streams the outputs to the disk.
///
/// Memory stays bounded by the number of threads and members, whatever the size of the model, and the page cache stays
/// as it was found. The bytes written depend on the plan and the members alone, not on threads, chunks or machine.
package struct Averager: Sendable {
    /// What a finished pass found out.
    package struct Outcome: Sendable, Equatable {
        /// The content of each input.
        package let inputChecksums: [ContentChecksum]
        /// The content of each output, for each weights of the plan.
        package let outputChecksums: [[ContentChecksum]]
        /// Decisions whose tensor is not the same bytes in all members.
        package let differing: Set<Int>
    }

    private let limits: EngineLimits
    private let chunkByteCount: Int?
    private let access: AccessMethod

    /// Averages within these limits.
    package init(limits: EngineLimits) {
        self.init(limits: limits, chunkByteCount: nil, access: .direct)
    }

    /// The same with chunks of a size that is a multiple of a page, and without the methods before `access`.
    init(limits: EngineLimits, chunkByteCount: Int?, access: AccessMethod) {
        self.limits = limits
        self.chunkByteCount = chunkByteCount
        self.access = access
    }

    /// Writes all outputs of a plan into directories that nobody else sees, and makes them durable.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - directories: where the outputs' relative paths begin, one for each weights of the plan; they exist.
    ///   - control: progress and cancellation.
    ///   - names: how messages name members and tensors.
    ///   - space: what is asked again once all outputs have their room, for others may have taken it in between.
    /// - Throws: `AveragingError`; the files in the directories are then of no use.
    package func run(
        _ plan: SpanPlan,
        into directories: [FilePath],
        control: AveragingControl,
        names: AveragingNames,
        space: SpaceBudget? = nil
    ) throws(AveragingError) -> Outcome {
        precondition(directories.count == plan.weights.count, "each weights needs a directory")
        let inputs = try InputSet(plan.inputs, limits: limits, access: access)
        defer { inputs.finish() }
        let outputs = try OutputSet(plan.outputs, in: directories, access: access)
        try space?.requireRoom(taken: outputs.reservedByteCount)
        control.begin(byteCount: plan.bytesToRead)
        let pass = AveragingPass(
            plan: plan,
            inputs: inputs,
            outputs: outputs,
            limits: limits,
            chunkByteCount: chunkByteCount
                ?? ChunkSize.chunk(
                    threads: limits.threads,
                    members: plan.memberCount,
                    outputs: plan.weights.count * AveragingPass.buffersOfWorker
                ),
            control: control
        )
        let findings = try pass.average()
        if let tensor = findings.nonFinite {
            let list = try NonFiniteCount(plan: plan, inputs: inputs, control: control, names: names).findings(
                tensor: tensor
            )
            // After the counting: what a vanished byte reads as is no evidence against a member, nor for it.
            try inputs.checkUnchanged()
            throw .nonFinite(list)
        }
        let inputChecksums = try pass.checksumInputs(names: names)
        let outputChecksums = try pass.finishOutputs()
        try inputs.checkUnchanged()
        control.flush()
        try outputs.synchronize(control: control)
        return Outcome(
            inputChecksums: inputChecksums,
            outputChecksums: outputChecksums,
            differing: Set(findings.differing.indices.filter { findings.differing[$0] })
        )
    }
}
