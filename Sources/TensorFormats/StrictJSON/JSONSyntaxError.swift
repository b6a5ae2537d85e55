/// Where a JSON text is wrong, and how.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, counted from 1; only a line feed ends a line.
    package let line: Int
    /// The column, counted from 1 in Unicode scalars.
    package let column: Int
    /// What is wrong there, in words that continue "line 1, column 5: ".
    package let problem: String

    /// Records a problem at a place.
    package init(line: Int, column: Int, problem: String) {
        self.line = line
        self.column = column
        self.problem = problem
    }

    /// Place and problem in one line.
    package var description: String { "line \(line), column \(column): \(problem)" }
}
