/// Why a benchmark cannot go on; the text says what to do.
struct BenchError: Error, CustomStringConvertible {
    /// Operation, path, cause and remedy.
    let description: String

    /// Wraps the text.
    init(_ description: String) {
        self.description = description
    }
}
