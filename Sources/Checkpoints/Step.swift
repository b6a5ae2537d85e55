/// A training step: the number that orders the checkpoints of a run.
///
/// Steps are compared as numbers, so that `checkpoint-1000` is newer than `checkpoint-999`.
package struct Step: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The step as a number.
    package let value: Int

    /// Wraps a number.
    package init(_ value: Int) {
        self.value = value
    }

    /// Reads a run of decimal digits; nil where there are none, where anything else is among them, or where they overflow.
    package init?(digits: some StringProtocol) {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(digits)
        else { return nil }
        self.value = value
    }

    /// Decodes a plain number.
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Encodes a plain number.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    /// Orders by number.
    package static func < (left: Step, right: Step) -> Bool {
        left.value < right.value
    }

    /// The number in decimal.
    package var description: String {
        String(value)
    }
}
