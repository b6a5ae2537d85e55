import FoundationEssentials

/// What tells an entry of a list from all others, and where it stands: newer ones have larger keys.
///
/// A page begins behind a key and not at a number, so that what comes and goes between two pages moves nothing.
struct PageKey: Comparable, Sendable {
    let step: Int
    let name: String

    static func < (one: PageKey, other: PageKey) -> Bool {
        (one.step, one.name) < (other.step, other.name)
    }

    /// The key as clients send it back: letters, digits, `-` and `_`, which need no escapes in a query.
    var text: String {
        Data("\(step)/\(name)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Makes a key.
    init(step: Int, name: String) {
        self.step = step
        self.name = name
    }

    /// Reads a key that was sent back; nil where it is none.
    init?(text: String) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let encoded = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: encoded) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(
            separator: "/",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2, let step = Int(parts[0]) else { return nil }
        self.init(step: step, name: String(parts[1]))
    }
}
