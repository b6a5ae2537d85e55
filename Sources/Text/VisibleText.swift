/// Names as people may see them: they come from files that nobody vouches for, and a name must neither command a
/// terminal, nor forge a line, nor look like another one.
extension String {
    /// The text for one line: what a terminal would not show as a character of its own is written as `\u{1b}`.
    ///
    /// Those are controls, line feeds, marks of direction, joiners and whatever else is invisible.
    package var visibleLine: String { visible(keeping: nil) }

    /// The text for several lines: line feeds stay.
    package var visibleLines: String { visible(keeping: "\n") }

    /// The text in double quotes, as part of a message; of more than 200 characters the first are shown.
    package var quoted: String {
        let limit = 200
        var text = "\""
        for scalar in unicodeScalars.prefix(limit) {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            scalar.append(to: &text)
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? text + "\"" : text + "…\""
    }

    private func visible(keeping kept: Unicode.Scalar?) -> String {
        if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
        guard unicodeScalars.contains(where: { $0 != kept && $0.isInvisible }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar == kept { text.unicodeScalars.append(scalar) } else { scalar.append(to: &text) }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows something else for it than a character, or nothing.
    fileprivate var isInvisible: Bool {
        guard value >= 0x7F || value < 0x20 else { return false }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return properties.isDefaultIgnorableCodePoint
        }
    }

    fileprivate func append(to text: inout String) {
        if isInvisible {
            text += "\\u{\(String(value, radix: 16))}"
        } else {
            text.unicodeScalars.append(self)
        }
    }
}
