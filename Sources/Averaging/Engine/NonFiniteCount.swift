import Checkpoints
import TensorFormats

/// Counts, for one tensor, the elements in which a member is NaN or infinite where another member is finite.
///
/// The pass stops at the first such element; the count over the whole tensor tells a stray value from a diverged model.
struct NonFiniteCount {
    let plan: AveragingPlan
    let inputs: InputSet

    /// One finding for each member that has such elements in the tensor of a decision.
    func findings(tensor: Int) -> [AveragingError.NonFinite] {
        var counts = [UInt64](repeating: 0, count: plan.spans.memberCount)
        for span in plan.spans.outputs.flatMap(\.spans) where span.tensor == tensor {
            for start in stride(from: 0, to: span.output.count, by: BlockQueue.blockByteCount) {
                count(span, start..<min(start + BlockQueue.blockByteCount, span.output.count), into: &counts)
            }
        }
        return counts.enumerated().compactMap { member, count in
            guard count > 0 else { return nil }
            return AveragingError.NonFinite(
                member: member,
                name: plan.window.members[member].name,
                tensor: plan.decisions[tensor].tensor.name,
                count: Int(clamping: count)
            )
        }
    }

    private func count(_ span: SpanPlan.Span, _ part: Range<Int>, into counts: inout [UInt64]) {
        let sources = span.sources.compactMap { source in
            inputs.bytes(source.input).baseAddress.map { $0 + source.offset + part.lowerBound }
        }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 64)
        defer { scratch.deallocate() }
        sources.withUnsafeBufferPointer { sources in
            counts.withUnsafeMutableBufferPointer { counts in
                MeanKernel.mean(
                    of: span.elementType,
                    sources: sources,
                    elementCount: part.count * 8 / span.elementType.bitCount,
                    into: scratch,
                    mixedNonFinite: counts
                )
            }
        }
    }
}
