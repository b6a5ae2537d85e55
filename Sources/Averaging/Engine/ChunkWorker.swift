import LinuxSystem

/// What one thread of a pass owns: the memory that chunks are made in, and what it found out so far.
struct ChunkWorker: ~Copyable {
    private(set) var checksums: InputChecksums
    private(set) var findings: Findings

    private let plan: SpanPlan
    private let step: Int
    private let control: AveragingControl
    private var gathering: Gathering
    private var mean: MeanOfMembers
    private var segments: [Segment] = []

    /// So many tensors of a few bytes can make a chunk that what is known of them is bounded too.
    private static let batchCount = 4096

    init(
        plan: SpanPlan,
        seals: SealIndex,
        gathering: consuming Gathering,
        control: AveragingControl
    ) {
        self.plan = plan
        self.control = control
        self.gathering = gathering
        step = ChunkSize.step(members: plan.memberCount)
        mean = MeanOfMembers(plan.weights, memberCount: plan.memberCount)
        checksums = InputChecksums(plan.inputs, seals)
        findings = Findings(plan)
    }

    /// Makes one chunk of an output, for each weights in the buffer of the same index.
    mutating func fill(
        _ chunk: ChunkQueue.Chunk,
        into buffers: [UnsafeMutableRawBufferPointer]
    ) throws(AveragingError) {
        let output = plan.outputs[chunk.file]
        var cursor = SegmentCursor(output, chunk.range)
        while takeSegments(&cursor) {
            wantSegments(template: output.template)
            try gathering.gather()
            for (index, segment) in segments.enumerated() {
                let position = segment.output.lowerBound - chunk.range.lowerBound
                if let span = segment.span {
                    average(segment, span, index, into: buffers, at: position)
                    control.advance(by: plan.memberCount * segment.output.count)
                } else {
                    copy(segment, index, template: output.template, into: buffers, at: position)
                    control.advance(by: segment.output.count)
                }
            }
            try gathering.release()
        }
    }

    /// Checksums ranges of an input that nothing was made of.
    mutating func checksum(_ gaps: ArraySlice<ChunkQueue.Chunk>) throws(AveragingError) {
        for (slot, gap) in gaps.enumerated() { gathering.want(gap.range, of: gap.file, slot: slot) }
        try gathering.gather()
        for (slot, gap) in gaps.enumerated() {
            guard let start = gathering.place(slot: slot) else { continue }
            let bytes = UnsafeRawBufferPointer(start: start, count: gap.range.count)
            checksums.add(bytes, file: gap.file, offset: gap.range.lowerBound)
            control.advance(by: gap.range.count)
        }
        try gathering.release()
    }

    /// Forgets the checksums, after they were handed on.
    mutating func removeChecksums() {
        checksums.removeAll()
    }

    private mutating func takeSegments(_ cursor: inout SegmentCursor) -> Bool {
        segments.removeAll(keepingCapacity: true)
        while segments.count < Self.batchCount, let segment = cursor.next() { segments.append(segment) }
        return !segments.isEmpty
    }

    /// Asks for what the segments need, member by member: in the order in which it nearly always lies in the files.
    private mutating func wantSegments(template: Int) {
        for member in 0..<plan.memberCount {
            for (index, segment) in segments.enumerated() {
                let first = index * plan.memberCount
                if let place = segment.place(of: member) {
                    gathering.want(place.range, of: place.input, slot: first + member)
                } else if member == plan.memberCount - 1, segment.span == nil {
                    gathering.want(segment.output, of: template, slot: first)
                }
            }
        }
    }

    private mutating func copy(
        _ segment: Segment,
        _ index: Int,
        template: Int,
        into buffers: [UnsafeMutableRawBufferPointer],
        at position: Int
    ) {
        guard let start = gathering.place(slot: index * plan.memberCount) else { return }
        let bytes = UnsafeRawBufferPointer(start: start, count: segment.output.count)
        for buffer in buffers {
            UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyMemory(from: bytes)
        }
        checksums.add(bytes, file: template, offset: segment.output.lowerBound)
    }

    private mutating func average(
        _ segment: Segment,
        _ span: SpanPlan.Span,
        _ index: Int,
        into buffers: [UnsafeMutableRawBufferPointer],
        at position: Int
    ) {
        for member in 0..<plan.memberCount {
            guard let place = gathering.place(slot: index * plan.memberCount + member) else { return }
            mean.sources[member] = place
        }
        // Where the segment begins, counted from its first element.
        let skipped = segment.output.lowerBound - span.output.lowerBound - segment.elements.lowerBound
        let exact = skipped..<(skipped + segment.output.count)
        for start in stride(from: 0, to: segment.elements.count, by: step) {
            let part = start..<min(start + step, segment.elements.count)
            checksum(part.clamped(to: exact), of: segment)
            let kind = mean.take(part, exact: exact, type: span.elementType, into: buffers, at: position)
            findings.add(kind, tensor: span.tensor)
        }
    }

    /// Adds a part of a segment, counted from its first element, to the checksum of each member's file.
    private mutating func checksum(_ part: Range<Int>, of segment: Segment) {
        for member in 0..<plan.memberCount {
            guard let place = segment.place(of: member), let source = mean.sources[member] else { continue }
            let bytes = UnsafeRawBufferPointer(start: source + part.lowerBound, count: part.count)
            checksums.add(bytes, file: place.input, offset: place.range.lowerBound + part.lowerBound)
        }
    }
}
