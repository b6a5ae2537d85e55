/// Bytes that a copy of a file has to carry instead of those of the original, which the average made untrue.
package struct ByteAmendment: Sendable, Hashable {
    /// Where they stand.
    package let offset: Int
    /// The bytes themselves.
    package let bytes: [UInt8]

    /// Describes an amendment.
    package init(offset: Int, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }

    /// The place that they take.
    package var range: Range<Int> { offset..<(offset + bytes.count) }
}
