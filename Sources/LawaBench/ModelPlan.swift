import TensorFormats

/// Which tensors each member has and in which files they lie.
struct ModelPlan {
    /// One weight file.
    struct WeightFile {
        /// Its name in the member's directory.
        let name: String
        /// What it holds, in order.
        let tensors: [TensorShape]
        /// The number of the file's first element among those of the member.
        let firstElement: Int

        /// The number of elements.
        var elementCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

        /// The bytes in front of the tensors.
        func header(_ element: Element) -> [UInt8] {
            SafetensorsHeader.encode(
                tensors: tensors.map { ($0.name, element.elementType, $0.extents) },
                metadata: [(key: "format", value: "pt")]
            )
        }
    }

    /// The weight files in order.
    let files: [WeightFile]
    /// What config.json says; nil for tensors that are no model.
    let configuration: LlamaConfiguration?

    /// The number of elements of one member.
    var elementCount: Int { files.reduce(0) { $0 + $1.elementCount } }

    /// A Llama of about `elementCount` numbers, in so many files of about the same size.
    static func llama(elementCount: Int, element: Element, fileCount: Int) -> ModelPlan {
        let model = LlamaModel(near: elementCount)
        return ModelPlan(
            files: split(model.tensors, fileCount: fileCount),
            configuration: model.configuration(of: element)
        )
    }

    /// So many tensors of one size, in one file; as many numbers as `elementCount` gives each.
    static func tiny(elementCount: Int, tensorCount: Int) -> ModelPlan {
        let each = max(1, elementCount / tensorCount)
        let tensors = (0..<tensorCount).map { TensorShape(name: "layers.\($0).weight", extents: [each]) }
        return ModelPlan(files: split(tensors, fileCount: 1), configuration: nil)
    }

    private static func split(_ tensors: [TensorShape], fileCount: Int) -> [WeightFile] {
        let total = tensors.reduce(0) { $0 + $1.elementCount }
        var groups = [[TensorShape]](repeating: [], count: fileCount)
        var position = 0
        for tensor in tensors {
            groups[min(fileCount - 1, position * fileCount / max(1, total))].append(tensor)
            position += tensor.elementCount
        }
        groups.removeAll(where: \.isEmpty)
        var first = 0
        return groups.enumerated().map { index, tensors in
            let file = WeightFile(name: name(index, of: groups.count), tensors: tensors, firstElement: first)
            first += file.elementCount
            return file
        }
    }

    // The names that transformers gives.
    private static func name(_ index: Int, of count: Int) -> String {
        count == 1 ? "model.safetensors" : "model-\(padded(index + 1))-of-\(padded(count)).safetensors"
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
