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

    /// One is written while the next is filled.
    static let buffersOfWorker = 2

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
        let share = Self.buffersOfWorker * plan.weights.count * chunkByteCount
        BlockingThreads.run(count: threads, name: "lawad-average") { index in
            let own = UnsafeMutableRawBufferPointer(rebasing: bytes[(index * share)..<((index + 1) * share)])
            average(queue, own)
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
            work { worker throws(AveragingError) in
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

    /// One worker's share of the averaging: while one chunk is written, the next is made.
    private func average(_ queue: ChunkQueue, _ memory: UnsafeMutableRawBufferPointer) {
        var written = OutputChecksums(seals)
        var writer = ChunkWriter(depth: plan.weights.count)
        var turn = 0
        work { worker throws(AveragingError) in
            guard let chunk = queue.take() else {
                try AveragingError.wrapping { () throws(SystemCallError) in try writer.finish() }
                return false
            }
            let buffers = buffers(of: memory, turn: turn)
            turn = (turn + 1) % Self.buffersOfWorker
            try worker.fill(chunk, into: buffers)
            guard worker.findings.nonFinite == nil else { return false }
            try AveragingError.wrapping { () throws(SystemCallError) in try writer.finish() }
            for (weights, buffer) in buffers.enumerated() {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<chunk.range.count])
                written.add(bytes, chunk, weights: weights)
                try AveragingError.wrapping { () throws(SystemCallError) in
                    try writer.begin(bytes, to: outputs.files[weights][chunk.file], at: chunk.range.lowerBound)
                }
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

    /// One buffer for each weights.
    private func buffers(of memory: UnsafeMutableRawBufferPointer, turn: Int) -> [UnsafeMutableRawBufferPointer] {
        plan.weights.indices.map { number in
            let start = (turn * plan.weights.count + number) * chunkByteCount
            return UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + chunkByteCount)])
        }
    }

    /// Takes steps until there are none, or until somebody stops the pass.
    private func work(step: (inout ChunkWorker) throws(AveragingError) -> Bool) {
        ThreadPriority.yieldToOthers()
        let staging = StagingArea(chunkByteCount: chunkByteCount, memberCount: plan.memberCount)
        let gathering = Gathering(inputs: inputs, pace: pace, control: control, staging: staging)
        var worker = ChunkWorker(plan: plan, gathering: gathering, control: control)
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
        try AveragingError.wrapping { () throws(SystemCallError) in
            try HugeBuffer(byteCount: threads * Self.buffersOfWorker * plan.weights.count * chunkByteCount)
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
            return Result { () throws(SystemCallError) in
                try file.write(bytes, at: offset)
            }
        }
        try AveragingError.wrapping { () throws(SystemCallError) in try result.get() }
    }
}
