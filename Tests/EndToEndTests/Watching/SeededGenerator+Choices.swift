import TestSupport

extension SeededGenerator {
    /// A number from 0 to less than `limit`.
    mutating func below(_ limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    /// Letters as temporary names have them.
    mutating func letters(_ count: Int) -> String {
        String((0..<count).map { _ in Character(UnicodeScalar(UInt8(97 + below(26)))) })
    }
}
