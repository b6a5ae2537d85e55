import SystemPackage

/// The configuration that setup writes: the keys that say something, and no others.
struct ConfigurationText {
    /// The recipe of a configuration that names none, and of this one.
    static let recipe = "lawa"

    let watch: FilePath
    let output: FilePath?
    let last: Int?
    let schema: FilePath?

    /// The file's text.
    var text: String {
        var members: [String] = []
        if let schema { members.append("\"$schema\": \(Self.quoted(schema.string))") }
        members.append("\"watch\": \(Self.quoted(watch.string))")
        if let output { members.append("\"output\": \(Self.quoted(output.string))") }
        if let last {
            members.append("\"recipes\": [{ \"name\": \"\(Self.recipe)\", \"window\": { \"last\": \(last) } }]")
        }
        return "{\n" + members.map { "  \($0)" }.joined(separator: ",\n") + "\n}\n"
    }

    // Control characters are refused before.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }
        return "\"\(escaped.joined())\""
    }
}
