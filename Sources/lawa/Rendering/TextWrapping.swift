import Text

/// Breaks text at spaces.
enum TextWrapping {
    /// The text in lines of at most `columns` characters; a longer word stays whole, for a path is of no use in pieces.
    static func lines(_ text: String, columns: Int?) -> [String] {
        guard let columns, text.count > columns else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= columns {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    /// The text after a label, its further lines below its first; on a narrow terminal below the label.
    ///
    /// - Parameter indentation: where the text begins; the label is shorter.
    static func hanging(_ text: String, label: String, indentation: Int, columns: Int?) -> [String] {
        let text = text.visibleLine
        let narrowest = 24
        if let columns, columns - indentation < narrowest {
            return [label] + lines(text, columns: max(1, columns - 4)).map { "    \($0)" }
        }
        let gap = String(repeating: " ", count: max(1, indentation - label.count))
        let margin = String(repeating: " ", count: indentation)
        return lines(text, columns: columns.map { $0 - indentation }).enumerated().map { index, line in
            (index == 0 ? label + gap : margin) + line
        }
    }
}
