/// The values that a pickle has numbered in order to refer to them again.
///
/// Picklers number from 0, or from 1 as Python 2 does, without holes. Numbers far above how many there are, up to
/// 2^32 - 1, go into a dictionary, so that memory follows how many values are numbered and not how high.
struct PickleMemo {
    private static let slack = 16
    private var dense: [PickleValue?] = []
    private var sparse: [Int: PickleValue] = [:]
    /// How many numbers are in use, which is the number that the opcode MEMOIZE gives.
    private(set) var count = 0

    /// How many values the memo takes the room of.
    var nodeCount: Int { dense.count + 6 * sparse.count }

    /// How many values are there twice while so many are added, because they move into a larger array.
    func copiedCount(adding count: Int) -> Int { dense.count + count > dense.capacity ? dense.count : 0 }

    /// How many values longer the array becomes for a number.
    func growth(storingAt number: Int) -> Int {
        number > 2 * (count + 1) + Self.slack ? 0 : max(0, number + 1 - dense.count)
    }

    /// The value of a number, or nil where none has been stored.
    subscript(number: Int) -> PickleValue? {
        if dense.indices.contains(number), let value = dense[number] { return value }
        return sparse.isEmpty ? nil : sparse[number]
    }

    /// Stores a value under a number, in place of the one before.
    mutating func store(_ value: PickleValue, at number: Int) {
        if number == dense.count, sparse.isEmpty {
            dense.append(value)
            count += 1
            return
        }
        if self[number] == nil { count += 1 }
        if number > 2 * count + Self.slack {
            sparse[number] = value
            return
        }
        while dense.count <= number { dense.append(nil) }
        dense[number] = value
    }
}
