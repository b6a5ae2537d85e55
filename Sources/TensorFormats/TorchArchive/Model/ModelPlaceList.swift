import Text

/// The places that a message names: a file can hold millions, of which a few are enough.
package struct ModelPlaceList: Equatable, Sendable {
    /// The paths of the first places, in their text form.
    let first: [String]
    /// How many places there are.
    let count: Int

    /// The most places that are named.
    static let limit = 8
}

extension ModelPlaceList: ExpressibleByArrayLiteral {
    /// All of a few places.
    package init(arrayLiteral paths: String...) {
        self.init(first: paths, count: paths.count)
    }
}

extension ModelPlaceList: CustomStringConvertible {
    /// The paths in quotes, and how many more there are.
    package var description: String {
        if count == 0 { return "none" }
        let shown = first.map(\.quoted).joined(separator: ", ")
        return count > first.count ? "\(shown) and \(count - first.count) more" : shown
    }
}
