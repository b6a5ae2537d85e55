import SystemPackage
import TensorFormats
import TestSupport

/// The float tensors of a small safetensors file, as bit patterns.
struct TensorFile {
    /// Type and patterns by name.
    let tensors: [String: (type: ElementType, patterns: [UInt64])]

    init(_ path: FilePath) throws {
        let bytes = try Fixture.read(path)
        let headerByteCount = try SafetensorsHeader.headerByteCount(prefix: bytes.prefix(8), fileByteCount: bytes.count)
        let header = try SafetensorsHeader(parsing: Array(bytes[..<headerByteCount]), fileByteCount: bytes.count)
        var tensors: [String: (type: ElementType, patterns: [UInt64])] = [:]
        for tensor in header.tensors {
            let width = tensor.elementType.bitCount / 8
            let patterns = stride(from: tensor.byteRange.lowerBound, to: tensor.byteRange.upperBound, by: width).map {
                bytes[$0..<($0 + width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
            tensors[tensor.name] = (tensor.elementType, patterns)
        }
        self.tensors = tensors
    }
}
