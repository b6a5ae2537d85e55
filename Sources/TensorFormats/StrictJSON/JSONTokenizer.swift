import Text

/// A strict, bounded RFC 8259 reader that hands out one token at a time.
///
/// The whole text must be UTF-8; duplicate keys, nesting beyond the limit and anything after the value are refused.
/// Memory is bounded by the depth, the keys of the open objects and one string. The bytes are borrowed: they must
/// outlive the tokenizer.
package struct JSONTokenizer {
    /// What the grammar allows next.
    private enum Expectation {
        case value
        case firstElement
        case firstKey
        case separator
    }

    /// An open array or object.
    private struct Container {
        var isObject: Bool
        var keys = JSONKeySet()
    }

    /// The whole text.
    let bytes: UnsafeRawBufferPointer
    /// `bytes.count`, which costs a computation each time.
    let byteCount: Int
    /// How the text is read.
    let options: JSONOptions
    /// The first byte not yet consumed.
    var offset = 0
    private var tokenStart = 0
    private var expectation = Expectation.value
    /// The open containers, then closed ones whose storage is used again.
    private var containers: [Container] = []
    private var depth = 0
    /// How many keys the open objects have.
    private var keyCount = 0

    /// What a key takes apart from a long text: here, and in a dictionary that a caller makes of them.
    private static let keyByteCount = 120

    /// Checks that the text is UTF-8 and stops before its first token.
    package init(_ bytes: UnsafeRawBufferPointer, options: JSONOptions = JSONOptions()) throws(JSONSyntaxError) {
        self.bytes = bytes
        byteCount = bytes.count
        self.options = options
        do {
            _ = try UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
        } catch {
            let start = error.byteOffsets.lowerBound
            throw self.error("byte \(hexadecimal(bytes[start])) is not valid UTF-8", at: start)
        }
    }

    /// Returns the next token, and `.end` again and again once the value is complete.
    package mutating func next() throws(JSONSyntaxError) -> JSONToken {
        skipWhitespace()
        tokenStart = offset
        switch expectation {
        case .value: return try readValue()
        case .firstElement: return peek == UInt8(ascii: "]") ? close(.endArray) : try readValue()
        case .firstKey: return peek == UInt8(ascii: "}") ? close(.endObject) : try readKey()
        case .separator: return try readAfterValue()
        }
    }

    /// The text of the last token as it is written, cut at 200 bytes.
    package var tokenText: String { text(tokenStart..<min(offset, tokenStart + 200)) }

    /// An error at the last token.
    package func error(_ problem: String) -> JSONSyntaxError { error(problem, at: tokenStart) }

    private mutating func readAfterValue() throws(JSONSyntaxError) -> JSONToken {
        guard depth > 0 else {
            if peek == nil { return .end }
            throw error("expected the end of the text, found \(foundText)")
        }
        let isObject = containers[depth - 1].isObject
        if peek == UInt8(ascii: isObject ? "}" : "]") { return close(isObject ? .endObject : .endArray) }
        guard take(",") else {
            throw error("expected \",\" or \"\(isObject ? "}" : "]")\", found \(foundText)")
        }
        skipWhitespace()
        tokenStart = offset
        return isObject ? try readKey() : try readValue()
    }

    private mutating func readKey() throws(JSONSyntaxError) -> JSONToken {
        guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes, found \(foundText)") }
        let key = try readString()
        keyCount += 1
        do throws(MemoryShortage) {
            try options.memory.require(Self.keyByteCount * keyCount)
        } catch { throw self.error("\(error)") }
        guard containers[depth - 1].keys.insert(key) else {
            throw error("key \(key.quoted) appears twice in one object")
        }
        skipWhitespace()
        guard take(":") else {
            throw error("expected \":\" after key \(key.quoted), found \(foundText)", at: offset)
        }
        expectation = .value
        return .key(key)
    }

    private mutating func readValue() throws(JSONSyntaxError) -> JSONToken {
        switch peek {
        case UInt8(ascii: "{"): return try open(isObject: true)
        case UInt8(ascii: "["): return try open(isObject: false)
        default: break
        }
        let token = try readScalar()
        expectation = .separator
        return token
    }

    private mutating func readScalar() throws(JSONSyntaxError) -> JSONToken {
        switch peek ?? 0 {
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        case UInt8(ascii: "t") where take(literal: "true"): return .bool(true)
        case UInt8(ascii: "f") where take(literal: "false"): return .bool(false)
        case UInt8(ascii: "n") where take(literal: "null"): return .null
        case UInt8(ascii: "N") where take(literal: "NaN"): return try nonFinite(.nan)
        case UInt8(ascii: "I") where take(literal: "Infinity"): return try nonFinite(.infinity)
        default: throw error("expected a value, found \(foundText)")
        }
    }

    private mutating func open(isObject: Bool) throws(JSONSyntaxError) -> JSONToken {
        guard depth < options.maximumDepth else {
            throw error("arrays and objects are nested deeper than \(options.maximumDepth) levels")
        }
        offset += 1
        if depth == containers.count {
            containers.append(Container(isObject: isObject))
        } else {
            containers[depth].isObject = isObject
        }
        depth += 1
        expectation = isObject ? .firstKey : .firstElement
        return isObject ? .beginObject : .beginArray
    }

    private mutating func close(_ token: JSONToken) -> JSONToken {
        offset += 1
        depth -= 1
        keyCount -= containers[depth].keys.count
        containers[depth].keys.removeAll()
        expectation = .separator
        return token
    }
}
