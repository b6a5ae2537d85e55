import TensorFormats

/// A tensor to put into a small safetensors file.
struct SampleTensor {
    let name: String
    let type: ElementType
    let shape: [Int]

    init(_ name: String, _ type: ElementType = .f32, _ shape: [Int] = [4]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    private var byteCount: Int { shape.reduce(1, *) * type.bitCount / 8 }

    /// A file of tensors whose bytes count up from 1, or are all the same.
    static func file(
        _ tensors: [SampleTensor],
        metadata: [(String, String)] = [],
        filling: UInt8? = nil
    ) -> [UInt8] {
        let header = SafetensorsHeader.encode(
            tensors: tensors.map { ($0.name, $0.type, $0.shape) },
            metadata: metadata.map { (key: $0.0, value: $0.1) }
        )
        let count = tensors.reduce(0) { $0 + $1.byteCount }
        return header + (0..<count).map { filling ?? UInt8(truncatingIfNeeded: $0 % 251 + 1) }
    }
}
