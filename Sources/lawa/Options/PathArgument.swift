import ArgumentParser
import SystemPackage

/// Paths on the command line.
enum PathArgument {
    /// The path of an argument; an empty one, as an unset variable of a script leaves it, is refused.
    static func parse(_ text: String) throws -> FilePath {
        guard !text.isEmpty else { throw ValidationError("a path must not be empty") }
        return FilePath(text)
    }
}
