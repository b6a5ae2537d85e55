/// How a JSON text is read.
package struct JSONOptions: Sendable, Equatable {
    /// The deepest nesting that `maximumDepth` can be set to; trees are built and released by recursion.
    package static let deepestNesting = 512

    /// The number of arrays and objects that may be open at once.
    package let maximumDepth: Int
    /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python's `json.dump` writes them.
    package let allowsNonFinite: Bool
    /// What the keys of open objects, and what is made of them, may take of memory.
    package let memory: ReaderMemory

    /// Strict RFC 8259 unless told otherwise; a depth outside 1...512 is moved to the nearer end.
    package init(maximumDepth: Int = 64, allowsNonFinite: Bool = false, memory: ReaderMemory = .unlimited) {
        self.maximumDepth = min(max(maximumDepth, 1), Self.deepestNesting)
        self.allowsNonFinite = allowsNonFinite
        self.memory = memory
    }
}
