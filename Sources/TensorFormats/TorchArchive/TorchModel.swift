/// The tensors of a model within a file of torch.save.
package struct TorchModel: Sendable {
    /// The keys that lead from the root object to each part of the model, mostly to one; none if the root itself is it.
    package let paths: [[String]]
    /// Why these tensors were taken for the model, as half a sentence.
    package let reason: String
    /// The tensors of floats in the file that are not taken, by their places.
    package let others: [OtherTensors]
    /// The tensors under the names of the state dict, in its order.
    package let tensors: [TensorInfo]
}
