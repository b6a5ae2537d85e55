import TensorFormats
import Testing

/// A safetensors file in memory.
struct SafetensorsSample {
    let bytes: [UInt8]
    let header: SafetensorsHeader
    /// The tensors by name.
    let tensors: [String: TensorInfo]

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        let count = try SafetensorsHeader.headerByteCount(prefix: bytes.prefix(8), fileByteCount: bytes.count)
        header = try SafetensorsHeader(parsing: Array(bytes[..<count]), fileByteCount: bytes.count)
        tensors = Dictionary(uniqueKeysWithValues: header.tensors.map { ($0.name, $0) })
    }

    /// The pairs of `__metadata__`.
    var metadata: [String: String] {
        Dictionary(uniqueKeysWithValues: header.metadata.map { ($0.key, $0.value) })
    }

    func bytes(of name: String) throws -> [UInt8] {
        Array(bytes[try #require(tensors[name]).byteRange])
    }
}
