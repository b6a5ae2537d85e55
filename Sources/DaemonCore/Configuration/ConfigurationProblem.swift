package import SystemPackage

/// One thing that is wrong with a configuration: the key, the value, and what is allowed.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// Path of the key from the top, as in `recipes[0].window.last`; empty for the whole file.
    package let key: String
    /// What is wrong, with the value.
    package let problem: String
    /// What would be right.
    package let allowed: String

    /// Key, problem and remedy in one line.
    package var description: String {
        "\(key.isEmpty ? "" : "\(key): ")\(problem); \(allowed)"
    }
}

/// A configuration that was refused, with everything that is wrong with it.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// The file, or nil where the command line was at fault.
    package let path: FilePath?
    /// At least one.
    package let problems: [ConfigurationProblem]

    /// One line a problem.
    package var description: String {
        (["\(heading):"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }

    /// All of it in one line, for lists.
    var summary: String { "\(heading): \(problems.map { "\($0)" }.joined(separator: "; "))" }

    /// What has how many problems.
    var heading: String {
        let place = path.map { "\"\($0)\"" } ?? "the command line"
        return "\(place) has \(problems.count == 1 ? "one problem" : "\(problems.count) problems")"
    }
}
