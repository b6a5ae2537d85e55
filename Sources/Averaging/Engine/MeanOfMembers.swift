import TensorFormats

/// Takes the mean of a run of elements of all members, once for each weights.
struct MeanOfMembers: ~Copyable {
    /// What a run of elements turned out to be.
    enum Finding {
        /// The same bytes in all members.
        case identical
        /// Different and, where any member is, finite.
        case different
        /// A member is NaN or infinite where another is finite.
        case mixedNonFinite
    }

    /// Where the elements of each member begin.
    let sources: UnsafeMutableBufferPointer<UnsafeRawPointer?>
    private let all: UnsafeMutableBufferPointer<UnsafeRawPointer>
    private let chosen: UnsafeMutableBufferPointer<UnsafeRawPointer>
    private let mixed: UnsafeMutableBufferPointer<UInt64>
    /// Room for one element whose bytes do not all belong to the chunk.
    private let element: UnsafeMutableRawBufferPointer
    private let weights: [MemberWeights]

    init(_ weights: [MemberWeights], memberCount: Int) {
        self.weights = weights
        sources = .allocate(capacity: memberCount)
        sources.initialize(repeating: nil)
        all = .allocate(capacity: memberCount)
        chosen = .allocate(capacity: memberCount)
        mixed = .allocate(capacity: memberCount)
        mixed.initialize(repeating: 0)
        element = .allocate(byteCount: 16, alignment: 16)
    }

    deinit {
        sources.deallocate()
        all.deallocate()
        chosen.deallocate()
        mixed.deallocate()
        element.deallocate()
    }

    /// Writes the means of the elements in `part`, as far as their bytes lie in `exact`.
    ///
    /// - Parameters:
    ///   - part: whole elements, as bytes counted from `sources`.
    ///   - exact: the bytes that are wanted, counted alike; only its ends lie inside an element.
    ///   - buffers: one for each weights.
    ///   - position: where in the buffers the first byte of `exact` goes.
    mutating func take(
        _ part: Range<Int>,
        exact: Range<Int>,
        type: ElementType,
        into buffers: [UnsafeMutableRawBufferPointer],
        at position: Int
    ) -> Finding {
        let size = type.bitCount / 8
        // The elements of the part that belong to the chunk with all their bytes.
        let first = max(part.lowerBound, (exact.lowerBound + size - 1) / size * size)
        let whole = first..<max(first, min(part.upperBound, exact.upperBound / size * size))
        var finding = write(whole, type, exact: exact, into: buffers, at: position)
        guard whole != part else { return finding }
        for start in part.count == size ? [part.lowerBound] : [part.lowerBound, part.upperBound - size]
        where !whole.contains(start) {
            let cut = start..<(start + size)
            let found = write(cut, type, exact: exact, into: buffers, at: position)
            if case .identical = finding { finding = found }
            if case .mixedNonFinite = found { finding = found }
        }
        return finding
    }

    private func write(
        _ part: Range<Int>,
        _ type: ElementType,
        exact: Range<Int>,
        into buffers: [UnsafeMutableRawBufferPointer],
        at position: Int
    ) -> Finding {
        let wanted = part.clamped(to: exact)
        guard !wanted.isEmpty else { return .identical }
        for member in sources.indices {
            guard let source = sources[member] else { return .identical }
            all[member] = source + part.lowerBound
        }
        let isIdentical = MeanKernel.areIdentical(UnsafeBufferPointer(all), byteCount: part.count)
        for (index, buffer) in buffers.enumerated() {
            let start = position + wanted.lowerBound - exact.lowerBound
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<(start + wanted.count)])
            let room = wanted == part ? target : element
            if isIdentical {
                room.copyMemory(from: UnsafeRawBufferPointer(start: all[0], count: part.count))
            } else {
                average(weights[index], type, byteCount: part.count, into: room)
            }
            if wanted != part {
                let skipped = wanted.lowerBound - part.lowerBound
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[skipped..<(skipped + wanted.count)]))
            }
        }
        if isIdentical { return .identical }
        guard mixed.contains(where: { $0 > 0 }) else { return .different }
        mixed.update(repeating: 0)
        return .mixedNonFinite
    }

    private func average(
        _ weights: MemberWeights,
        _ type: ElementType,
        byteCount: Int,
        into room: UnsafeMutableRawBufferPointer
    ) {
        for (index, member) in weights.members.enumerated() { chosen[index] = all[member] }
        let sources = UnsafeBufferPointer(rebasing: chosen[..<weights.members.count])
        let elementCount = byteCount * 8 / type.bitCount
        if weights.isUniform {
            MeanKernel.mean(of: type, sources: sources, elementCount: elementCount, into: room, mixedNonFinite: mixed)
        } else {
            weights.values.withUnsafeBufferPointer { values in
                MeanKernel.weightedMean(
                    of: type,
                    sources: sources,
                    weights: values,
                    elementCount: elementCount,
                    into: room,
                    mixedNonFinite: mixed
                )
            }
        }
    }
}
