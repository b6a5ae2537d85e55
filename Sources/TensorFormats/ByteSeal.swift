/// A CRC-32 that a file carries of some of its own bytes, as a zip archive does of each record.
package struct ByteSeal: Sendable, Hashable {
    /// The bytes that it is taken of.
    package let range: Range<Int>
    /// What the file says it is.
    package let checksum: UInt32
    // Not an array: a checkpoint can have a hundred thousand seals, and all those of a window are held.
    private let firstPlaces: (Int, Int, Int)

    /// Where its four bytes stand in the file, little-endian; outside of every sealed range.
    package var places: [Int] { [firstPlaces.0, firstPlaces.1, firstPlaces.2].filter { $0 != Self.noPlace } }

    private static let noPlace = -1

    /// Describes a seal with at most three places.
    package init(range: Range<Int>, checksum: UInt32, places: [Int]) {
        precondition(places.count <= 3, "a record's checksum stands before it, behind it and in the directory")
        self.range = range
        self.checksum = checksum
        let padded = places + Array(repeating: Self.noPlace, count: 3 - places.count)
        firstPlaces = (padded[0], padded[1], padded[2])
    }

    package static func == (first: ByteSeal, second: ByteSeal) -> Bool {
        first.range == second.range && first.checksum == second.checksum && first.firstPlaces == second.firstPlaces
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(range)
        hasher.combine(checksum)
        hasher.combine(firstPlaces.0)
    }
}
