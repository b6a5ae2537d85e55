extension Network {
    /// A tensor's place in `parameters`.
    struct Tensor: Equatable {
        /// The name in the checkpoint, as a Hugging Face model would call it.
        let name: String
        /// Outputs by inputs, or outputs.
        let shape: [Int]
        /// The elements in `parameters`.
        let range: Range<Int>
    }

    /// Every tensor in the order in which safetensors stores tensors of one type: by name.
    var tensors: [Tensor] {
        let named = layers.enumerated().flatMap { index, layer in
            let prefix = layers.count == 1 ? "linear" : "mlp.fc\(index + 1)"
            let weights = layer.weights..<layer.biases
            return [
                Tensor(name: "\(prefix).weight", shape: [layer.outputs, layer.inputs], range: weights),
                Tensor(
                    name: "\(prefix).bias",
                    shape: [layer.outputs],
                    range: layer.biases..<layer.biases + layer.outputs
                ),
            ]
        }
        return named.sorted { $0.name < $1.name }
    }
}
