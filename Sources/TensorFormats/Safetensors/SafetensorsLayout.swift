/// The rules about where tensors may lie.
///
/// Each tensor is as long as its type and shape say, and all of them, sorted by position, fill the data of the file
/// from its first byte to its last, each beginning where the one before it ends.
struct SafetensorsLayout {
    /// The bytes before the data.
    let headerByteCount: Int
    /// The size of the file.
    let fileByteCount: Int

    private var dataByteCount: Int { fileByteCount - headerByteCount }

    /// Checks the entries and returns them as tensors in the order of the file.
    func tensors(from entries: [SafetensorsEntry]) throws(SafetensorsError) -> [TensorInfo] {
        for entry in entries { try check(entry) }
        let sorted = Self.byPosition(entries)
        try checkCoverage(sorted)
        return sorted.map { entry in
            TensorInfo(
                name: entry.name,
                elementType: entry.elementType,
                shape: entry.shape,
                byteRange: headerByteCount + entry.begin..<headerByteCount + entry.end
            )
        }
    }

    /// Writers mostly keep the order of the file, so sorting is the exception; empty tensors at one place keep theirs.
    private static func byPosition(_ entries: [SafetensorsEntry]) -> [SafetensorsEntry] {
        let isSorted = entries.indices.dropFirst().allSatisfy { index in
            (entries[index - 1].begin, entries[index - 1].end) <= (entries[index].begin, entries[index].end)
        }
        return isSorted ? entries : entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    }

    private func check(_ entry: SafetensorsEntry) throws(SafetensorsError) {
        guard let bitCount = Self.bitCount(entry) else {
            throw .shapeOverflow(tensor: entry.name, shape: entry.shape, elementType: entry.elementType)
        }
        guard bitCount.isMultiple(of: 8) else {
            throw .fractionalByte(tensor: entry.name, elementType: entry.elementType, bitCount: bitCount)
        }
        guard entry.begin <= entry.end else {
            throw .endBeforeBegin(tensor: entry.name, begin: entry.begin, end: entry.end)
        }
        guard entry.end - entry.begin == bitCount / 8 else {
            throw .sizeMismatch(
                tensor: entry.name,
                shape: entry.shape,
                elementType: entry.elementType,
                expectedByteCount: bitCount / 8,
                offsetsByteCount: entry.end - entry.begin
            )
        }
        guard entry.end <= dataByteCount else {
            throw .truncatedData(tensor: entry.name, end: entry.end, dataByteCount: dataByteCount)
        }
    }

    private static func bitCount(_ entry: SafetensorsEntry) -> Int? {
        var elementCount = 1
        for extent in entry.shape {
            let (product, overflows) = elementCount.multipliedReportingOverflow(by: extent)
            if overflows { return nil }
            elementCount = product
        }
        let (bitCount, overflows) = elementCount.multipliedReportingOverflow(by: entry.elementType.bitCount)
        return overflows ? nil : bitCount
    }

    private func checkCoverage(_ entries: [SafetensorsEntry]) throws(SafetensorsError) {
        var previous: SafetensorsEntry?
        for entry in entries {
            let expected = previous?.end ?? 0
            if entry.begin > expected { throw .gap(tensor: entry.name, begin: entry.begin, expected: expected) }
            if let previous, entry.begin < expected {
                throw .overlap(tensor: entry.name, begin: entry.begin, other: previous.name, otherEnd: expected)
            }
            previous = entry
        }
        let end = previous?.end ?? 0
        if end < dataByteCount { throw .trailingBytes(dataEnd: end, dataByteCount: dataByteCount) }
    }
}
