/// What becomes of a model of which more than a tenth is quantised.
///
/// Codes and their scales are factors of one number and are the newest's, never averaged apart. Where they are a few
/// tensors of many, the average is still one; where they are most of the model, it would be the newest by another name.
package enum QuantizedTensors: String, Sendable, CaseIterable, Codable {
    /// No average is made.
    case refuse
    /// They are the newest's, all the same.
    case copy

    /// The share of a model's elements that may be quantised where nobody asked for more.
    static let largestShare = 0.1
}
