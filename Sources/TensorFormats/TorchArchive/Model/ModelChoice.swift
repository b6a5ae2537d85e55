/// The dicts of a checkpoint that are taken to be the model.
struct ModelChoice: Sendable {
    /// One tensor of the model.
    struct Tensor: Sendable {
        /// The name in the state dict; in a model of several parts after the part's path, unless that is a usual one.
        let name: String
        /// The index in the pickle's tensors.
        let index: Int
        /// Whether it is a part of a tensor subclass, whose bytes are not the numbers that it stands for.
        let isPart: Bool
    }

    /// The keys that lead to each part of the model, mostly to one.
    let paths: [[String]]
    /// Why these are taken, as part of a sentence.
    let reason: String
    /// The tensors that are not taken: those of the first places, and of all others together.
    let others: [OtherTensors]
    /// The tensors, part by part, in the order of the state dicts.
    let tensors: [Tensor]
}
