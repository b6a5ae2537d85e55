/// A complaint about the command line in this program's form instead of the parser's.
struct UsageText {
    /// What the parser says: `Error: Missing ...` and the usage below it.
    let parserMessage: String

    /// The same, beginning in lower case, without the parser's prefix.
    var text: String {
        let prefix = "Error: "
        let message = parserMessage.hasPrefix(prefix) ? parserMessage.dropFirst(prefix.count) : parserMessage[...]
        guard let first = message.first else { return "the command line is not valid; see `lawa --help`" }
        return first.lowercased() + message.dropFirst()
    }
}
