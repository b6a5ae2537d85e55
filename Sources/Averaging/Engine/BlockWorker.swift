import LinuxSystem
import TensorFormats

/// What one thread of a pass owns: the buffer that blocks are built in, and what it found out so far.
struct BlockWorker: ~Copyable {
    private(set) var inputRuns: ChecksumRuns
    private(set) var outputRuns: ChecksumRuns
    /// Tensors seen so far that are not the same bytes in all members.
    private(set) var differing: Set<Int> = []
    /// The first tensor in which a member is NaN or infinite where another is finite.
    private(set) var nonFinite: Int?

    private let plan: SpanPlan
    private let inputs: InputSet
    private let buffer: UnsafeMutableRawBufferPointer
    private let sources: UnsafeMutableBufferPointer<UnsafeRawPointer>
    private let mixed: UnsafeMutableBufferPointer<UInt64>

    init(plan: SpanPlan, inputs: InputSet) {
        self.plan = plan
        self.inputs = inputs
        inputRuns = ChecksumRuns(fileCount: plan.inputs.count)
        outputRuns = ChecksumRuns(fileCount: plan.outputs.count)
        // A block grows by less than one element where its end moves to an element's boundary.
        buffer = .allocate(byteCount: BlockQueue.blockByteCount + 16, alignment: 64)
        sources = .allocate(capacity: plan.memberCount)
        mixed = .allocate(capacity: plan.memberCount)
        mixed.initialize(repeating: 0)
    }

    deinit {
        buffer.deallocate()
        sources.deallocate()
        mixed.deallocate()
    }

    /// Builds one block and hands its bytes on.
    mutating func fill(
        _ block: BlockQueue.Block,
        emit: (UnsafeRawBufferPointer) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        let output = plan.outputs[block.output]
        var position = block.range.lowerBound
        var index = output.spans.partitioningIndex { $0.output.upperBound > position }
        while position < block.range.upperBound {
            if index < output.spans.count, output.spans[index].output.lowerBound <= position {
                let span = output.spans[index]
                let part = position..<min(span.output.upperBound, block.range.upperBound)
                average(span, part, at: position - block.range.lowerBound)
                position = part.upperBound
                index += 1
            } else {
                let next = index < output.spans.count ? output.spans[index].output.lowerBound : output.byteCount
                let part = position..<min(next, block.range.upperBound)
                copy(output.template, part, at: position - block.range.lowerBound)
                position = part.upperBound
            }
        }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<block.range.count])
        outputRuns.add(bytes, file: block.output, offset: block.range.lowerBound)
        try emit(bytes)
    }

    private mutating func copy(_ input: Int, _ part: Range<Int>, at position: Int) {
        let bytes = UnsafeRawBufferPointer(rebasing: inputs.bytes(input)[part])
        UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyMemory(from: bytes)
        inputRuns.add(bytes, file: input, offset: part.lowerBound)
        inputs.release(input, part)
    }

    private mutating func average(_ span: SpanPlan.Span, _ part: Range<Int>, at position: Int) {
        let into = part.lowerBound - span.output.lowerBound
        for (member, source) in span.sources.enumerated() {
            let start = source.offset + into
            let bytes = UnsafeRawBufferPointer(rebasing: inputs.bytes(source.input)[start..<(start + part.count)])
            guard let base = bytes.baseAddress else { continue }
            sources[member] = base
            inputRuns.add(bytes, file: source.input, offset: start)
        }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[position..<(position + part.count)])
        if MeanKernel.areIdentical(UnsafeBufferPointer(sources), byteCount: part.count) {
            target.copyMemory(from: UnsafeRawBufferPointer(start: sources[0], count: part.count))
        } else {
            differing.insert(span.tensor)
            MeanKernel.mean(
                of: span.elementType,
                sources: UnsafeBufferPointer(sources),
                elementCount: part.count * 8 / span.elementType.bitCount,
                into: target,
                mixedNonFinite: mixed
            )
            if mixed.contains(where: { $0 > 0 }) {
                nonFinite = min(span.tensor, nonFinite ?? span.tensor)
                mixed.update(repeating: 0)
            }
        }
        for source in span.sources {
            inputs.release(source.input, (source.offset + into)..<(source.offset + into + part.count))
        }
    }
}
