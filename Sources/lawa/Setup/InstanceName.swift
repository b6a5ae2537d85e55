import SystemPackage

/// Names of instances: what stands behind the `@` of a unit, and is a file's name as well.
enum InstanceName {
    /// What may be in one, for messages.
    static let rule = "letters, digits and : _ . - are allowed, the first is a letter, a digit or _, at most 100"

    /// A unit's name has at most 255 bytes, and the instance is part of a socket's path too.
    private static let maximumCount = 100

    /// Whether systemd and the filesystem take a name as it is, without escaping.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumCount else { return false }
        return name.utf8.allSatisfy(isAllowed) && !punctuation.dropFirst().contains(first)
    }

    /// The name for a directory: its last component with `_` for what is not allowed; nil where nothing is left of it.
    static func proposal(for directory: FilePath) -> String? {
        guard let last = directory.lastComponent?.string else { return nil }
        let safe = last.map { character in
            character.utf8.allSatisfy(isAllowed) ? String(character) : "_"
        }.joined()
        let name = String(safe.drop { $0 != "_" && punctuation.contains($0.utf8.first ?? 0) }.prefix(maximumCount))
        return name.contains { $0 != "_" } && isValid(name) ? name : nil
    }

    // The first may begin a name.
    private static let punctuation = Array("_:.-".utf8)

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: punctuation.contains(byte)
        }
    }
}
