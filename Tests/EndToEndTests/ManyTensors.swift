import TensorFormats

/// Weight files with as many tensors as a test wants.
enum ManyTensors {
    /// A file with tensors `layer.<n>.weight` of two F32 ones each.
    static func bytes(count: Int) -> [UInt8] {
        bytes(names: (0..<count).map { "layer.\($0).weight" })
    }

    /// A file with tensors of these names.
    static func bytes(names: [String], type: ElementType = .f32) -> [UInt8] {
        let header = SafetensorsHeader.encode(tensors: names.map { (name: $0, elementType: type, shape: [2]) })
        let size = type.bitCount / 8 * 2
        return header + names.flatMap { _ in (0..<size).map { UInt8($0 % 4 == 3 ? 0x3F : 0x80) } }
    }
}
