extension JSONTokenizer {
    /// Reads the string whose opening quote is the next byte.
    mutating func readString() throws(JSONSyntaxError) -> String {
        let start = offset
        offset += 1
        skipPlainText()
        if peek == UInt8(ascii: "\"") {
            offset += 1
            return text(start + 1..<offset - 1)
        }
        return try readEscapedString(from: start)
    }

    private mutating func readEscapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var content = Array(bytes[start + 1..<offset])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try readEscape(into: &content)
            case ..<0x20:
                throw error("control character \(hexadecimal(byte)) in a string must be escaped", at: offset)
            default:
                let run = offset
                skipPlainText()
                content.append(contentsOf: bytes[run..<offset])
            }
        }
        throw error("the string is not closed", at: start)
    }

    private mutating func skipPlainText() {
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
    }

    private mutating func readEscape(into content: inout [UInt8]) throws(JSONSyntaxError) {
        let start = offset
        offset += 1
        switch peek {
        case UInt8(ascii: "u"):
            offset += 1
            content.append(contentsOf: String(try readEscapedScalar(from: start)).utf8)
            return
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(bytes[offset])
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        default: throw error("expected an escape after \"\\\", found \(foundText)", at: start)
        }
        offset += 1
    }

    /// Reads what follows `\u`: one scalar, or the surrogate pair that encodes one.
    private mutating func readEscapedScalar(from start: Int) throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try readCodeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if UTF16.isLeadSurrogate(first), take(literal: "\\u") {
            let second = try readCodeUnit()
            if UTF16.isTrailSurrogate(second) { return UTF16.decode(UTF16.EncodedScalar([first, second])) }
        }
        throw error("\\u\(String(first, radix: 16)) is half of a surrogate pair without its other half", at: start)
    }

    private mutating func readCodeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits after \"\\u\", found \(foundText)", at: offset)
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }
}
