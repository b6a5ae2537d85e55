extension JSONValue {
    /// The value as a JSON text with the members of objects in the order of their names, so that equal values have equal
    /// texts; an integer written with a fraction of zero is one.
    package var canonicalText: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
        case .string(let value): Self.text(value)
        case .array(let values): "[" + values.map(\.canonicalText).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(Self.text($0.key)):\($0.value.canonicalText)" }.joined(separator: ",") + "}"
        }
    }

    private static func text(_ string: String) -> String {
        var bytes: [UInt8] = []
        bytes.appendJSON(string)
        return String(decoding: bytes, as: UTF8.self)
    }
}
