/// How much each member of a window counts.
package enum Weighting: String, CaseIterable, Hashable, Sendable, Codable {
    /// All the same: LAWA (Kaddour 2022, arXiv 2209.14981). The sum is divided once; 1/n is never folded into a factor.
    case uniform

    /// The coefficients of n members, oldest first, as a manifest prints them; they sum to 1.
    package func coefficients(count: Int) -> [Double] {
        switch self {
        case .uniform: Array(repeating: 1 / Double(count), count: count)
        }
    }
}
