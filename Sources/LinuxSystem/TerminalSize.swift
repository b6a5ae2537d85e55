/// The size of a terminal in characters.
package struct TerminalSize: Sendable, Equatable {
    /// Characters on a line.
    package let columns: Int
    /// Lines on the screen.
    package let rows: Int

    /// A size.
    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}
