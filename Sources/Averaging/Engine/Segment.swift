import TensorFormats

/// The part of a chunk that is made in one way: copied from the template, or averaged from one place in each member.
struct Segment {
    /// The bytes of the output.
    let output: Range<Int>
    /// The span that they belong to; nil where the template's bytes stand.
    let span: SpanPlan.Span?
    /// The elements that have a byte in `output`, as bytes counted from the span's begin. The first and the last may
    /// reach beyond it, where a tensor lies so that a chunk ends inside an element.
    let elements: Range<Int>

    /// Where a member has the elements; nil for what is copied.
    func place(of member: Int) -> (input: Int, range: Range<Int>)? {
        guard let span, let piece = Self.piece(of: member, at: elements.lowerBound, in: span) else { return nil }
        let start = piece.offset + elements.lowerBound - piece.part.lowerBound
        return (piece.input, start..<(start + elements.count))
    }

    private static func piece(of member: Int, at position: Int, in span: SpanPlan.Span) -> SpanPlan.Piece? {
        // Nearly always each member has the span in one piece.
        if span.pieces.indices.contains(member), span.pieces[member].member == member,
            span.pieces[member].part.contains(position)
        {
            return span.pieces[member]
        }
        let index = span.pieces.partitioningIndex { ($0.member, $0.part.upperBound) > (member, position) }
        guard index < span.pieces.count, span.pieces[index].member == member else { return nil }
        return span.pieces[index]
    }
}

/// Cuts a chunk of an output into segments, in ascending order.
struct SegmentCursor {
    private let output: SpanPlan.Output
    private let end: Int
    private var position: Int
    private var index: Int

    init(_ output: SpanPlan.Output, _ range: Range<Int>) {
        self.output = output
        end = range.upperBound
        position = range.lowerBound
        index = output.spans.partitioningIndex { $0.output.upperBound > range.lowerBound }
    }

    /// The next segment; nil behind the last.
    mutating func next() -> Segment? {
        guard position < end else { return nil }
        let start = position
        guard index < output.spans.count, output.spans[index].output.lowerBound <= start else {
            let limit = index < output.spans.count ? output.spans[index].output.lowerBound : output.byteCount
            position = min(limit, end)
            return Segment(output: start..<position, span: nil, elements: 0..<0)
        }
        let span = output.spans[index]
        let into = start - span.output.lowerBound
        let cut = span.pieces.lazy.filter { $0.part.contains(into) }.map(\.part.upperBound).min() ?? span.output.count
        position = min(span.output.lowerBound + cut, end)
        if position == span.output.upperBound { index += 1 }
        let size = span.elementType.bitCount / 8
        let last = position - span.output.lowerBound
        return Segment(
            output: start..<position,
            span: span,
            elements: (into / size * size)..<((last + size - 1) / size * size)
        )
    }
}
