/// How much room text takes on a terminal.
enum TextWidth {
    /// How many characters a text has; tables of a hundred thousand names are mostly ASCII, which is quick to count.
    static func of(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }
}
