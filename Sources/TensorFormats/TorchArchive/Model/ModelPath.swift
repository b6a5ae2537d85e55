/// Where in a checkpoint's dicts a model is: the keys from the outside in, none for the checkpoint itself.
package enum ModelPath {
    /// The text form of a path: its keys with slashes between, or a single slash for the checkpoint itself.
    package static func text(_ path: [String]) -> String {
        path.isEmpty ? "/" : path.joined(separator: "/")
    }

    /// The path that a text spells; empty keys are left out.
    package static func path(_ text: String) -> [String] {
        text.split(separator: "/").map(String.init)
    }
}
