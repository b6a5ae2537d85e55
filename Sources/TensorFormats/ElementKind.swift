/// What an element stands for, so that a report can say why a tensor is averaged or copied.
package enum ElementKind: String, CaseIterable, Sendable, Codable {
    /// True or false, as in masks.
    case boolean
    /// Counters, indices, or the packed payload of a quantised weight.
    case integer
    /// A float of eight bits or fewer, which has a meaning only together with its scales.
    case smallFloat
    /// A float of 16, 32 or 64 bits.
    case float
    /// A pair of floats.
    case complex
}
