/// The content of model.safetensors.index.json.
struct JSONIndex: Encodable {
    /// Facts about all files together.
    struct Metadata: Encodable {
        /// The size of all tensors in bytes.
        let totalSize: Int
    }

    /// Facts about all files together.
    let metadata: Metadata
    /// The file of each tensor.
    let weightMap: [String: String]

    /// Lists the tensors of a member.
    init(plan: ModelPlan, element: Element) {
        metadata = Metadata(totalSize: plan.elementCount * element.byteCount)
        weightMap = Dictionary(
            uniqueKeysWithValues: plan.files.flatMap { file in file.tensors.map { ($0.name, file.name) } }
        )
    }
}
