import LinuxSystem
import Synchronization
import TensorFormats

/// One reading of all members, shared by the workers.
final class AveragingPass: Sendable {
    /// What all workers together found out.
    private struct State {
        var inputs: InputLedger
        var outputs = ChecksumLedger<ContentChecksum>()
        var seals = ChecksumLedger<ZipChecksum>()
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
    private let numbers: OutputNumbers
    private let inputSeals: SealIndex
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
        numbers = OutputNumbers(plan)
        let inputSeals = SealIndex(plan.inputs.map(\.seals))
        self.inputSeals = inputSeals
        state = Mutex(State(inputs: InputLedger(plan.inputs, inputSeals), findings: Findings(plan)))
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

    /// Checksums what no output needed, and returns the checksum of each input; throws where a seal does not hold.
    func checksumInputs(names: AveragingNames) throws(AveragingError) -> [ContentChecksum] {
        try checksum(state.withLock { $0.inputs.gaps() })
        try checksum(state.withLock { $0.inputs.sealGaps() })
        return try state.withLock { state throws(AveragingError) in
            // Seals whose last pieces have only now been read are checked by asking for gaps once more.
            _ = state.inputs.sealGaps()
            if let broken = state.inputs.broken { throw .damaged(damage(broken, names)) }
            return state.inputs.totals()
        }
    }

    private func damage(_ broken: InputLedger.Broken, _ names: AveragingNames) -> AveragingError.Damage {
        let input = plan.inputs[broken.file]
        return AveragingError.Damage(
            member: input.member,
            name: names.members[input.member],
            path: input.path,
            range: broken.range,
            expected: broken.expected,
            found: broken.found
        )
    }

    private func checksum(_ ranges: [ChunkQueue.Chunk]) throws(AveragingError) {
        guard !ranges.isEmpty else { return }
        let queue = GapQueue(ranges, chunkByteCount: chunkByteCount)
        // Headers alone are no work for two.
        let isSmall = ranges.reduce(0) { $0 + $1.range.count } < chunkByteCount
        BlockingThreads.run(count: isSmall ? 1 : threads, name: "lawad-average") { _ in
            work { worker throws(AveragingError) in
                guard let gaps = queue.take() else { return false }
                try worker.checksum(gaps)
                return true
            }
        }
        _ = try findings()
    }

    /// Writes seals and amendments, and returns the checksums of the outputs, by weights and then by output.
    func finishOutputs() throws(AveragingError) -> [[ContentChecksum]] {
        var runs = ChecksumRuns<ContentChecksum>(laneCount: numbers.fileCount)
        for (weights, files) in outputs.files.enumerated() {
            for (index, file) in files.enumerated() {
                let number = numbers.file(weights: weights, output: index)
                let bytes = lateBytes(of: index, weights: weights)
                try AveragingError.wrapping { () throws(SystemCallError) in try file.amend(bytes) }
                for amendment in bytes {
                    amendment.bytes.withUnsafeBytes { runs.add($0, file: number, offset: amendment.offset) }
                }
            }
        }
        return state.withLock { state in
            state.outputs.merge(runs)
            return outputs.files.indices.map { weights in
                plan.outputs.indices.map { state.outputs.total(file: numbers.file(weights: weights, output: $0)) }
            }
        }
    }

    /// What stands in the places of an output that were left for the end, in ascending order.
    private func lateBytes(of output: Int, weights: Int) -> [ByteAmendment] {
        let seals = plan.outputs[output].seals.enumerated().flatMap { seal, value in
            let number = numbers.seal(weights: weights, number: numbers.seals.number(seal, file: output))
            let checksum = state.withLock { $0.seals.total(file: number) }
            let bytes = withUnsafeBytes(of: checksum.value.littleEndian) { Array($0) }
            return value.places.map { ByteAmendment(offset: $0, bytes: bytes) }
        }
        return (seals + plan.outputs[output].amendments).sorted { $0.offset < $1.offset }
    }

    /// One worker's share of the averaging: while one chunk is written, the next is made.
    private func average(_ queue: ChunkQueue, _ memory: UnsafeMutableRawBufferPointer) {
        var written = OutputChecksums(numbers)
        var writer = ChunkWriter(depth: plan.weights.count, control: control)
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
        var worker = ChunkWorker(plan: plan, seals: inputSeals, gathering: gathering, control: control)
        var failure: AveragingError?
        do throws(AveragingError) {
            while !stopped.load(ordering: .relaxed), try step(&worker) {
                let checksums = worker.checksums
                state.withLock { $0.inputs.merge(checksums) }
                worker.removeChecksums()
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
}
