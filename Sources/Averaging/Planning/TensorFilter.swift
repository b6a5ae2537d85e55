/// Which tensors may be averaged, by glob patterns over their names.
///
/// `*` stands for any characters, `?` for one, `[abc]` and `[!abc]` for one of a set. A tensor is averaged where it
/// matches any include pattern (or there is none) and no exclude pattern.
package struct TensorFilter: Hashable, Sendable {
    /// Patterns of which one must match; empty lets everything through.
    package let include: [String]
    /// Patterns of which none may match.
    package let exclude: [String]

    /// Takes the patterns of the configuration or the command line.
    package init(include: [String] = [], exclude: [String] = []) {
        self.include = include
        self.exclude = exclude
    }

    /// Whether a tensor of this name may be averaged.
    package func allows(_ name: String) -> Bool {
        (include.isEmpty || include.contains { Glob.matches(name, pattern: $0) })
            && !exclude.contains { Glob.matches(name, pattern: $0) }
    }
}

/// Shell-style matching of a whole string, in time linear in pattern times text.
enum Glob {
    static func matches(_ text: String, pattern: String) -> Bool {
        matches(Array(text.unicodeScalars), Array(pattern.unicodeScalars))
    }

    private static func matches(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var (position, index) = (0, 0)
        var star: (index: Int, position: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < pattern.count, let next = match(text[position], pattern, at: index) {
                index = next
                position += 1
            } else if let resume = star {
                // The latest star takes one character more; earlier ones never need to be tried again.
                star = (resume.index, resume.position + 1)
                (index, position) = (resume.index + 1, resume.position + 1)
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == "*" }
    }

    /// The index after the pattern element that matches one character, or nil where it does not match.
    private static func match(_ scalar: Unicode.Scalar, _ pattern: [Unicode.Scalar], at index: Int) -> Int? {
        switch pattern[index] {
        case "?": return index + 1
        case "[":
            let inside = pattern[(index + 1)...]
            let isNegated = inside.first == "!" || inside.first == "^"
            let set = isNegated ? inside.dropFirst() : inside
            // A bracket that stands first belongs to the set.
            guard let close = set.dropFirst().firstIndex(of: "]") else {
                return scalar == "[" ? index + 1 : nil
            }
            return setContains(set[..<close], scalar) != isNegated ? close + 1 : nil
        case scalar: return index + 1
        default: return nil
        }
    }

    private static func setContains(_ set: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar) -> Bool {
        var index = set.startIndex
        while index < set.endIndex {
            if index + 2 < set.endIndex, set[index + 1] == "-" {
                if set[index] <= scalar && scalar <= set[index + 2] { return true }
                index += 3
            } else {
                if set[index] == scalar { return true }
                index += 1
            }
        }
        return false
    }
}
