/// The keys of a Llama's config.json without which nothing loads it; written in snake case.
struct LlamaConfiguration: Encodable {
    let architectures = ["LlamaForCausalLM"]
    let modelType = "llama"
    let hiddenAct = "silu"
    let hiddenSize: Int
    let initializerRange = 0.02
    let intermediateSize: Int
    let maxPositionEmbeddings = 2048
    let numAttentionHeads: Int
    let numHiddenLayers: Int
    let numKeyValueHeads: Int
    let rmsNormEps = 1e-5
    let ropeTheta = 10000.0
    let tieWordEmbeddings = false
    let torchDtype: String
    let vocabSize: Int
}
