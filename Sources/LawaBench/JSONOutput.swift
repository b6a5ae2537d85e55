import FoundationEssentials

/// JSON as the benchmarks write it: snake case, sorted.
enum JSONOutput {
    /// Encodes `value`, with a newline behind it.
    static func encode(_ value: some Encodable, indented: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = indented ? [.sortedKeys, .prettyPrinted] : [.sortedKeys]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// Prints `value` as one line.
    static func print(_ value: some Encodable) throws {
        Swift.print(String(decoding: try encode(value), as: UTF8.self), terminator: "")
    }
}
