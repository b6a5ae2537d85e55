/// The dict of a checkpoint that is taken to be the model.
struct ModelChoice: Sendable {
    /// The keys that lead to it.
    let path: [String]
    /// Why it is taken, as part of a sentence.
    let reason: String
    /// The other places that hold tensors and why each is not taken, one line each.
    let alternatives: [String]
    /// The tensors under the names of the state dict and in its order, each with its index in the pickle's tensors.
    let tensors: [(name: String, tensor: Int)]
}
