import TensorFormats

/// The places of an output whose bytes are only written in the end: those of seals, and of amendments.
struct LateBytes: Sendable {
    /// Ascending and apart from each other.
    private let places: [Range<Int>]

    /// A CRC-32 has four bytes.
    private static let sealByteCount = 4

    init(_ output: SpanPlan.Output) {
        let seals = output.seals.flatMap(\.places).map { $0..<($0 + Self.sealByteCount) }
        places = (seals + output.amendments.map(\.range)).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// A range without the places.
    func excluded(from range: Range<Int>) -> [Range<Int>] {
        guard !places.isEmpty else { return [range] }
        var parts: [Range<Int>] = []
        var position = range.lowerBound
        var index = places.partitioningIndex { $0.upperBound > position }
        while index < places.count, places[index].lowerBound < range.upperBound {
            if places[index].lowerBound > position { parts.append(position..<places[index].lowerBound) }
            position = places[index].upperBound
            index += 1
        }
        if position < range.upperBound { parts.append(position..<range.upperBound) }
        return parts
    }
}
