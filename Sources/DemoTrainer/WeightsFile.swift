import TensorFormats

/// A network's weights as the bytes of a safetensors file.
enum WeightsFile {
    /// Encodes the weights of `network`, the header first.
    static func encode(_ network: Network, as element: StoredElement) -> [UInt8] {
        let tensors = network.tensors
        let header = SafetensorsHeader.encode(
            tensors: tensors.map { (name: $0.name, elementType: element.elementType, shape: $0.shape) },
            metadata: [(key: "format", value: "pt")]
        )
        return header + tensors.flatMap { element.encode(Array(network.parameters[$0.range])) }
    }

    /// Decodes a network of `widths`; every tensor must be there, in its shape, as f32 or bf16.
    static func decode(_ bytes: [UInt8], widths: [Int]) throws -> Network {
        let headerCount = try SafetensorsHeader.headerByteCount(prefix: bytes.prefix(8), fileByteCount: bytes.count)
        let header = try SafetensorsHeader(parsing: Array(bytes[..<headerCount]), fileByteCount: bytes.count)
        let blank = [Float](repeating: 0, count: Layer.stack(widths: widths).reduce(0) { $0 + $1.parameterCount })
        guard var network = Network(widths: widths, parameters: blank) else {
            throw DemoError("config.json asks for layer widths \(widths); two or more positive widths are needed")
        }
        for tensor in network.tensors {
            guard
                let stored = header.tensors.first(where: { $0.name == tensor.name && $0.shape == tensor.shape }),
                let element = StoredElement(stored.elementType)
            else {
                throw DemoError("the file has no f32 or bf16 tensor \"\(tensor.name)\" of shape \(tensor.shape)")
            }
            network.parameters.replaceSubrange(tensor.range, with: element.decode(bytes[stored.byteRange]))
        }
        return network
    }
}
