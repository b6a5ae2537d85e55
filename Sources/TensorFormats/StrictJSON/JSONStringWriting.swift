extension [UInt8] {
    /// Appends a string in quotes, escaping only what RFC 8259 says must be escaped, and in the shortest way.
    ///
    /// So nobody writes the same string in fewer bytes, and what takes the place of another's header fits into it.
    mutating func appendJSON(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0x08: append(contentsOf: #"\b"#.utf8)
            case 0x09: append(contentsOf: #"\t"#.utf8)
            case 0x0A: append(contentsOf: #"\n"#.utf8)
            case 0x0C: append(contentsOf: #"\f"#.utf8)
            case 0x0D: append(contentsOf: #"\r"#.utf8)
            case ..<0x20:
                append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
                append(contentsOf: String(byte, radix: 16).utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
