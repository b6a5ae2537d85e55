/// Text that is safe on a terminal: names come from files that nobody vouches for.
enum Printable {
    /// Text for one line: every control and formatting character is escaped.
    static func line(_ text: String) -> String {
        escape(text, keeping: [])
    }

    /// Text of several lines: line feeds stay.
    static func lines(_ text: String) -> String {
        escape(text, keeping: ["\n"])
    }

    /// How many characters a text has; tables of a hundred thousand names are mostly ASCII, which is quick to count.
    static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }

    private static func escape(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: { isUnsafe($0) && !kept.contains($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) && !kept.contains(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x7F || scalar.value < 0x20 else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
