/// How much each member counts in an average: whole numbers, divided by their sum only in the end.
///
/// Fractions would be rounded before they are used, and an average with them more than once; with whole numbers it is
/// the exactly rounded quotient that its manifest states. Equal numbers are the plain mean.
package struct MemberWeights: Sendable, Equatable {
    /// Members that count, counted from the oldest, in ascending order.
    package let members: [Int]
    /// The whole number of each of `members`, none of them 0.
    package let values: [Int32]

    /// Numbers must lie below this one in magnitude, so that their products with a float fit into two doubles.
    package static let limit: Int32 = 1 << 24

    /// All of `count` members alike.
    package static func uniform(_ count: Int) -> MemberWeights {
        MemberWeights(members: Array(0..<count), values: Array(repeating: 1, count: count))
    }

    /// One whole number a member, oldest first; 0 leaves the member out.
    ///
    /// Nil where a number is not below `limit` in magnitude, or their sum is not positive.
    package init?(_ numbers: [Int32]) {
        let sum = numbers.reduce(0) { $0 + Int($1) }
        guard sum > 0, numbers.allSatisfy({ $0 > -Self.limit && $0 < Self.limit }) else { return nil }
        let counted = numbers.indices.filter { numbers[$0] != 0 }
        self.init(members: counted, values: counted.map { numbers[$0] })
    }

    private init(members: [Int], values: [Int32]) {
        self.members = members
        self.values = values
    }

    /// Whether the average is the plain mean of the members that count.
    package var isUniform: Bool { values.allSatisfy { $0 == values[0] } }
}
