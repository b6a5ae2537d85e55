/// Why the demo's trainer or its evaluation cannot go on; the text says what to do.
struct DemoError: Error, CustomStringConvertible {
    /// Operation, path, cause and remedy.
    let description: String

    /// Wraps the text.
    init(_ description: String) {
        self.description = description
    }
}
