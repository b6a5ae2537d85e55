import Text

/// Rows in aligned columns under a heading.
struct Table {
    /// A column's heading, and the side that its cells lean to.
    struct Column {
        let title: String
        let alignsRight: Bool

        /// A column of text.
        static func text(_ title: String) -> Column { Column(title: title, alignsRight: false) }
        /// A column of figures.
        static func figures(_ title: String) -> Column { Column(title: title, alignsRight: true) }
    }

    /// Columns, of which the last is wrapped where the terminal ends.
    let columns: [Column]
    /// One cell a column.
    private(set) var rows: [[String]] = []

    /// A table without rows.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that were left out are empty.
    mutating func add(_ cells: [String]) {
        let filled = cells + Array(repeating: "", count: max(0, columns.count - cells.count))
        rows.append(filled.prefix(columns.count).map(\.visibleLine))
    }

    /// The table's lines; a column without any cell is left out.
    func lines(width: Int?) -> [String] {
        let shown = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        guard let last = shown.last else { return [] }
        let widths = shown.map { column in rows.map { TextWidth.of($0[column]) }.max() ?? 0 }
        let sizes = zip(shown, widths).map { max(columns[$0].title.count, $1) }
        let indentation = sizes.dropLast().reduce(0) { $0 + $1 + 2 }
        return ([columns.map(\.title)] + rows).flatMap { row in
            let head = zip(shown, sizes).dropLast().map { pad(row[$0], to: $1, right: columns[$0].alignsRight) + "  " }
            let tail = columns[last].alignsRight ? pad(row[last], to: sizes[sizes.count - 1], right: true) : row[last]
            return join(head.joined(), tail, indentation: indentation, width: width)
        }
    }

    private func join(_ head: String, _ tail: String, indentation: Int, width: Int?) -> [String] {
        guard let width, indentation + TextWidth.of(tail) > width, indentation > 0 else {
            return [trimmed(head + tail)]
        }
        if tail.allSatisfy({ $0 == " " }) { return [trimmed(head)] }
        if width - indentation < 16 {
            return [trimmed(head)] + TextWrapping.lines(trimmed(tail), columns: max(1, width - 4)).map { "    \($0)" }
        }
        let margin = String(repeating: " ", count: indentation)
        return TextWrapping.lines(tail, columns: width - indentation).enumerated().map { index, line in
            trimmed((index == 0 ? head : margin) + line)
        }
    }

    private func pad(_ text: String, to size: Int, right: Bool) -> String {
        let space = String(repeating: " ", count: max(0, size - TextWidth.of(text)))
        return right ? space + text : text + space
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
        return line
    }
}
