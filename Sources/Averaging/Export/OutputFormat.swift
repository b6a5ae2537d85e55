/// In which format an average is written.
package enum OutputFormat: String, Sendable, CaseIterable, Codable {
    /// The newest member's own: everything in its files that is not averaged stays.
    case same
    /// The model's tensors alone, as safetensors.
    case safetensors
}
