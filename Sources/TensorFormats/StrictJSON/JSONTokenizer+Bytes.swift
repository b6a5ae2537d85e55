extension JSONTokenizer {
    /// The next byte, or nil at the end; the one place that reads the text byte by byte.
    @inline(__always) var peek: UInt8? { offset < byteCount ? bytes[offset] : nil }

    /// The next character in words.
    var foundText: String {
        guard let byte = peek else { return "the end of the text" }
        return (0x21...0x7E).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(hexadecimal(byte))"
    }

    /// Moves past spaces, tabs and line ends.
    @inline(__always)
    mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    /// Moves past the ASCII character if it comes next.
    @inline(__always)
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        let found = peek == UInt8(ascii: character)
        if found { offset += 1 }
        return found
    }

    /// Moves past the literal if it comes next.
    mutating func take(literal: StaticString) -> Bool {
        let found = literal.withUTF8Buffer { bytes.dropFirst(offset).starts(with: $0) }
        if found { offset += literal.utf8CodeUnitCount }
        return found
    }

    /// The text of a range that is known to be whole UTF-8, or nearly so: what a cut leaves behind is replaced.
    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// An error at a byte offset, with the line and column counted only now.
    func error(_ problem: String, at place: Int) -> JSONSyntaxError {
        let before = bytes[..<place]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONSyntaxError(
            line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 },
            problem: problem
        )
    }

    /// A byte as `0x1f`.
    func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16) }
}
