import LinuxSystem
import TensorFormats

/// Counts, for one tensor, the elements in which a member is NaN or infinite where another member is finite.
///
/// The pass stops at the first such element; the count over the whole tensor tells a stray value from a diverged model.
struct NonFiniteCount {
    let plan: SpanPlan
    let inputs: InputSet
    let control: AveragingControl
    let names: AveragingNames

    /// One finding for each member that has such elements in the tensor.
    func findings(tensor: Int) throws(AveragingError) -> [AveragingError.NonFinite] {
        var counts = [UInt64](repeating: 0, count: plan.memberCount)
        let chunk = ChunkSize.smallest
        var gathering = Gathering(
            inputs: inputs,
            pace: ReadPace(bytesPerSecond: nil),
            control: control,
            staging: StagingArea(chunkByteCount: chunk, memberCount: plan.memberCount)
        )
        for output in plan.outputs {
            for span in output.spans where span.tensor == tensor {
                for start in stride(from: span.output.lowerBound, to: span.output.upperBound, by: chunk) {
                    var cursor = SegmentCursor(output, start..<min(start + chunk, span.output.upperBound))
                    while let segment = cursor.next() { try count(segment, span, &gathering, into: &counts) }
                }
            }
        }
        return counts.enumerated().compactMap { member, count in
            guard count > 0 else { return nil }
            return AveragingError.NonFinite(
                member: member,
                name: names.members[member],
                tensor: names.tensor(tensor),
                count: Int(clamping: count)
            )
        }
    }

    private func count(
        _ segment: Segment,
        _ span: SpanPlan.Span,
        _ gathering: inout Gathering,
        into counts: inout [UInt64]
    ) throws(AveragingError) {
        for member in 0..<plan.memberCount {
            guard let place = segment.place(of: member) else { continue }
            gathering.want(place.range, of: place.input, slot: member)
        }
        try gathering.gather()
        let sources = (0..<plan.memberCount).compactMap { gathering.place(slot: $0) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: segment.elements.count, alignment: 64)
        defer { scratch.deallocate() }
        sources.withUnsafeBufferPointer { sources in
            counts.withUnsafeMutableBufferPointer { counts in
                MeanKernel.mean(
                    of: span.elementType,
                    sources: sources,
                    elementCount: segment.elements.count * 8 / span.elementType.bitCount,
                    into: scratch,
                    mixedNonFinite: counts
                )
            }
        }
        try gathering.release()
    }
}
