import Text

extension JSONTokenizer {
    /// Returns the next key of the open object, or nil when the object is closed.
    package mutating func nextKey() throws(JSONSyntaxError) -> String? {
        if case .key(let key) = try next() { key } else { nil }
    }

    /// Enters the value that comes next, which must be an object.
    ///
    /// - Parameter name: What the value is, for the error.
    package mutating func beginObject(_ name: @autoclosure () -> String) throws(JSONSyntaxError) {
        let token = try next()
        guard token == .beginObject else { throw mismatch(name(), token, expected: "an object") }
    }

    /// Reads the value that comes next, which must be a string.
    package mutating func nextString(_ name: @autoclosure () -> String) throws(JSONSyntaxError) -> String {
        let token = try next()
        guard case .string(let text) = token else { throw mismatch(name(), token, expected: "a string") }
        return text
    }

    /// Moves past the value that comes next, whatever it is; it is checked all the same.
    package mutating func skipValue() throws(JSONSyntaxError) {
        var open = 0
        repeat {
            switch try next() {
            case .beginArray, .beginObject: open += 1
            case .endArray, .endObject: open -= 1
            default: break
            }
        } while open > 0
    }

    /// Says that the last token is not what the reader of this text needs there.
    package func mismatch(_ name: String, _ token: JSONToken, expected: String) -> JSONSyntaxError {
        error("\(name) is \(describe(token)), expected \(expected)")
    }

    private func describe(_ token: JSONToken) -> String {
        switch token {
        case .beginObject: "an object"
        case .beginArray: "an array"
        case .string(let text): "the string \(text.quoted)"
        case .endObject, .endArray, .end: "missing"
        case .key, .null, .bool, .integer, .number: tokenText
        }
    }
}
