/// The tensors of a model within a file of torch.save.
package struct TorchModel: Sendable {
    /// The keys that lead from the root object to the model; empty if the root itself is the model.
    package let path: [String]
    /// Why these tensors were taken for the model, as half a sentence.
    package let reason: String
    /// The other collections of tensors in the file, and why each was not taken.
    package let alternatives: [String]
    /// The tensors under the names of the state dict, in its order.
    package let tensors: [TensorInfo]
}
