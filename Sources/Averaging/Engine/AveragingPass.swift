import LinuxSystem
import Synchronization

/// One reading of all members, shared by the workers.
final class AveragingPass: Sendable {
    /// What all workers together found out.
    private struct State {
        var inputs: ChecksumLedger<ContentChecksum>
        var outputs: ChecksumLedger<ContentChecksum>
        var seals: ChecksumLedger<ZipChecksum>
        var findings: Findings
        var failure: AveragingError?
    }

    private let plan: SpanPlan
    private let inputs: InputSet
    private let outputs: OutputSet
    private let control: AveragingControl
    private let threads: Int
    private let chunkByteCount: Int
    private let pace: ReadPace
    private let seals: SealIndex
    private let stopped = Atomic(false)
    private let state: Mutex<State>

    init(
        plan: SpanPlan,
        inputs: InputSet,
        outputs: OutputSet,
        limits: EngineLimits,
        chunkByteCount: Int,
        control: AveragingControl
    ) {
        self.plan = plan
        self.inputs = inputs
        self.outputs = outputs
        self.control = control
        threads = limits.threads
        self.chunkByteCount = chunkByteCount
        pace = ReadPace(bytesPerSecond: limits.readRate)
        let seals = SealIndex(plan)
        self.seals = seals
        state = Mutex(
            State(
                inputs: ChecksumLedger(fileCount: plan.inputs.count),
                outputs: ChecksumLedger(fileCount: seals.fileCount),
                seals: ChecksumLedger(fileCount: seals.sealCount),
                findings: Findings(plan)
            )
        )
    }

    /// Makes and writes all chunks of all outputs, and returns what was learned of the tensors.
    func average() throws(AveragingError) -> Findings {
        let chunks = plan.outputs.enumerated().map { ChunkQueue.Chunk(file: $0, range: 0..<$1.byteCount) }
        let queue = ChunkQueue(chunks, chunkByteCount: chunkByteCount)
        let memory = try takeMemory()
        nonisolated(unsafe) let bytes = memory.bytes
        let share = plan.weights.count * chunkByteCount
        BlockingThreads.run(count: threads, name: "lawad-average") { index in
            let own = UnsafeMutableRawBufferPointer(rebasing: bytes[(index * share)..<((index + 1) * share)])
            let buffers = plan.weights.indices.map { number in
                let start = number * chunkByteCount
                return UnsafeMutableRawBufferPointer(rebasing: own[start..<(start + chunkByteCount)])
            }
            average(queue, buffers)
        }
        return try findings()
    }

    /// Checksums what no output needed, and returns the checksum of each input.
    func checksumInputs() throws(AveragingError) -> [ContentChecksum] {
        let gaps = state.withLock { state in
            plan.inputs.indices.flatMap { index in
                state.inputs.gaps(file: index, byteCount: plan.inputs[index].byteCount).map { range in
                    ChunkQueue.Chunk(file: index, range: range)
                }
            }
        }
        let queue = ChunkQueue(gaps, chunkByteCount: chunkByteCount)
        // Headers alone are no work for two.
        let isSmall = gaps.reduce(0) { $0 + $1.range.count } < chunkByteCount
        BlockingThreads.run(count: isSmall ? 1 : threads, name: "lawad-average") { _ in
            work(buffers: []) { worker throws(AveragingError) in
                guard let chunk = queue.take() else { return false }
                try worker.checksum(chunk)
                return true
            }
        }
        _ = try findings()
        return state.withLock { state in plan.inputs.indices.map { state.inputs.total(file: $0) } }
    }

    /// Writes the seals, and returns the checksums of the outputs, by weights and then by output.
    func sealOutputs() throws(AveragingError) -> [[ContentChecksum]] {
        var runs = ChecksumRuns<ContentChecksum>(fileCount: seals.fileCount)
        for (weights, files) in outputs.files.enumerated() {
            for (index, file) in files.enumerated() {
                for (seal, places) in plan.outputs[index].seals.map(\.places).enumerated() {
                    let number = seals.number(weights: weights, output: index, seal: seal)
                    let checksum = state.withLock { $0.seals.total(file: number) }
                    for place in places {
                        try write(checksum, to: file, at: place) { bytes in
                            runs.add(bytes, file: seals.file(weights: weights, output: index), offset: place)
                        }
                    }
                }
            }
        }
        return state.withLock { state in
            state.outputs.merge(runs)
            return outputs.files.indices.map { weights in
                plan.outputs.indices.map { state.outputs.total(file: seals.file(weights: weights, output: $0)) }
            }
        }
    }

    /// One worker's share of the averaging.
    private func average(_ queue: ChunkQueue, _ buffers: [UnsafeMutableRawBufferPointer]) {
        var written = OutputChecksums(seals)
        work(buffers: buffers) { worker throws(AveragingError) in
            guard let chunk = queue.take() else { return false }
            try worker.fill(chunk)
            guard worker.findings.nonFinite == nil else { return false }
            for (weights, buffer) in buffers.enumerated() {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<chunk.range.count])
                written.add(bytes, chunk, weights: weights)
                try write(bytes, to: outputs.files[weights][chunk.file], at: chunk.range.lowerBound)
            }
            let (contents, sealed) = (written.contents, written.seals)
            state.withLock { state in
                state.outputs.merge(contents)
                state.seals.merge(sealed)
            }
            written.removeAll()
            return true
        }
    }

    /// Takes steps until there are none, or until somebody stops the pass.
    private func work(
        buffers: [UnsafeMutableRawBufferPointer],
        step: (inout ChunkWorker) throws(AveragingError) -> Bool
    ) {
        ThreadPriority.yieldToOthers()
        let staging = StagingArea(chunkByteCount: chunkByteCount, memberCount: plan.memberCount)
        let gathering = Gathering(inputs: inputs, pace: pace, control: control, staging: staging)
        var worker = ChunkWorker(plan: plan, buffers: buffers, gathering: gathering, control: control)
        var failure: AveragingError?
        do throws(AveragingError) {
            while !stopped.load(ordering: .relaxed), try step(&worker) {
                let runs = worker.inputRuns
                state.withLock { $0.inputs.merge(runs) }
                worker.removeRuns()
            }
        } catch {
            failure = error
        }
        let findings = worker.findings
        if failure != nil || findings.nonFinite != nil { stopped.store(true, ordering: .relaxed) }
        state.withLock { state in
            state.findings.merge(findings)
            state.failure = state.failure ?? failure
        }
    }

    private func findings() throws(AveragingError) -> Findings {
        if control.isCancelled { throw .cancelled }
        return try state.withLock { state throws(AveragingError) in
            if let failure = state.failure { throw failure }
            return state.findings
        }
    }

    private func takeMemory() throws(AveragingError) -> HugeBuffer {
        do {
            return try HugeBuffer(byteCount: threads * plan.weights.count * chunkByteCount)
        } catch {
            throw .system(error)
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer,
        to file: OutputFile,
        at offset: Int
    ) throws(AveragingError) {
        do {
            try file.write(bytes, at: offset)
        } catch {
            throw .system(error)
        }
    }

    private func write(
        _ checksum: ZipChecksum,
        to file: OutputFile,
        at offset: Int,
        then use: (UnsafeRawBufferPointer) -> Void
    ) throws(AveragingError) {
        let result = withUnsafeBytes(of: checksum.value.littleEndian) { bytes in
            use(bytes)
            return Result { () throws(AveragingError) in
                try write(bytes, to: file, at: offset)
            }
        }
        try result.get()
    }
}
