extension JSONValue {
    /// Reads a text that holds exactly one value.
    ///
    /// The tree takes up to some thirty times the bytes of the text, so the caller bounds what it reads from disk.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer,
        options: JSONOptions = JSONOptions()
    ) throws(JSONSyntaxError) -> JSONValue {
        var tokenizer = try JSONTokenizer(bytes, options: options)
        let value = try read(&tokenizer, from: tokenizer.next())
        _ = try tokenizer.next()
        return value
    }

    /// Reads a text that holds exactly one value.
    package static func parse(
        _ bytes: [UInt8],
        options: JSONOptions = JSONOptions()
    ) throws(JSONSyntaxError) -> JSONValue {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(JSONSyntaxError) in
            try parse(bytes, options: options)
        }
    }

    /// Reads the value that begins with a token already taken; recursion ends at the tokenizer's depth limit.
    private static func read(
        _ tokenizer: inout JSONTokenizer,
        from first: JSONToken
    ) throws(JSONSyntaxError) -> JSONValue {
        switch first {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let value): return .string(value)
        case .beginArray: return .array(try readElements(&tokenizer))
        case .beginObject: return .object(try readMembers(&tokenizer))
        case .key, .endArray, .endObject, .end: throw tokenizer.error("expected a value")
        }
    }

    private static func readElements(_ tokenizer: inout JSONTokenizer) throws(JSONSyntaxError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            let token = try tokenizer.next()
            if token == .endArray { return elements }
            elements.append(try read(&tokenizer, from: token))
        }
    }

    private static func readMembers(_ tokenizer: inout JSONTokenizer) throws(JSONSyntaxError) -> [JSONMember] {
        var members: [JSONMember] = []
        while let key = try tokenizer.nextKey() {
            members.append(JSONMember(key: key, value: try read(&tokenizer, from: tokenizer.next())))
        }
        return members
    }
}
