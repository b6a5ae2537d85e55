/// A CRC-32 that a file carries of some of its own bytes, as a zip archive does of each record.
package struct ByteSeal: Sendable, Hashable {
    /// The bytes that it is taken of.
    package let range: Range<Int>
    /// What the file says it is.
    package let checksum: UInt32
    /// Where its four bytes stand in the file, little-endian; outside of every sealed range.
    package let places: [Int]

    /// Describes a seal.
    package init(range: Range<Int>, checksum: UInt32, places: [Int]) {
        self.range = range
        self.checksum = checksum
        self.places = places
    }
}
