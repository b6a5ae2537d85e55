/// A model with the tensors and the configuration of a Llama, of about a given size.
///
/// Names and shapes are those of `LlamaForCausalLM` in transformers, with grouped queries and an output layer of its own.
struct LlamaModel: Equatable {
    /// The width of the residual stream.
    let hidden: Int
    /// The width inside the feed-forward blocks.
    let intermediate: Int
    /// The number of token embeddings.
    let vocabulary: Int
    /// The number of layers, at least one.
    let layers: Int

    private static let headDimension = 64
    private static let queriesPerKey = 4
    private var keyWidth: Int { hidden / Self.queriesPerKey }

    /// Chooses the widths that suit the size, and as many layers as come nearest to it.
    ///
    /// - Parameter parameterCount: The size to come near to, in numbers.
    init(near parameterCount: Int) {
        let sizes = [
            (limit: 20_000_000, hidden: 256, intermediate: 704, vocabulary: 4096),
            (limit: 200_000_000, hidden: 512, intermediate: 1408, vocabulary: 32000),
            (limit: 1_000_000_000, hidden: 1280, intermediate: 3456, vocabulary: 32000),
            (limit: 5_000_000_000, hidden: 2560, intermediate: 6912, vocabulary: 32000),
            (limit: Int.max, hidden: 5120, intermediate: 13824, vocabulary: 32000),
        ]
        let size = sizes.first { parameterCount < $0.limit } ?? sizes[sizes.count - 1]
        hidden = size.hidden
        intermediate = size.intermediate
        vocabulary = size.vocabulary
        let ends = 2 * hidden * vocabulary + hidden
        let layer = 2 * hidden * hidden + 2 * hidden * hidden / Self.queriesPerKey + 3 * hidden * intermediate
        layers = max(1, (parameterCount - ends + layer / 2) / layer)
    }

    /// The tensors in the order of the layers.
    var tensors: [TensorShape] {
        [TensorShape(name: "model.embed_tokens.weight", extents: [vocabulary, hidden])]
            + (0..<layers).flatMap(layerTensors)
            + [
                TensorShape(name: "model.norm.weight", extents: [hidden]),
                TensorShape(name: "lm_head.weight", extents: [vocabulary, hidden]),
            ]
    }

    private func layerTensors(_ layer: Int) -> [TensorShape] {
        let shapes: [(String, [Int])] = [
            ("input_layernorm", [hidden]),
            ("mlp.down_proj", [hidden, intermediate]),
            ("mlp.gate_proj", [intermediate, hidden]),
            ("mlp.up_proj", [intermediate, hidden]),
            ("post_attention_layernorm", [hidden]),
            ("self_attn.k_proj", [keyWidth, hidden]),
            ("self_attn.o_proj", [hidden, hidden]),
            ("self_attn.q_proj", [hidden, hidden]),
            ("self_attn.v_proj", [keyWidth, hidden]),
        ]
        return shapes.map { TensorShape(name: "model.layers.\(layer).\($0.0).weight", extents: $0.1) }
    }

    /// What config.json says of the model, so that tools which load models by their architecture accept it.
    func configuration(of element: Element) -> LlamaConfiguration {
        LlamaConfiguration(
            hiddenSize: hidden,
            intermediateSize: intermediate,
            numAttentionHeads: hidden / Self.headDimension,
            numHiddenLayers: layers,
            numKeyValueHeads: keyWidth / Self.headDimension,
            torchDtype: element.torchName,
            vocabSize: vocabulary
        )
    }
}
