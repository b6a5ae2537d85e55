/// The index of a sharded model, `model.safetensors.index.json` or `pytorch_model.bin.index.json`.
///
/// `{"metadata": {"total_size": bytes}, "weight_map": {tensor: file}}`, as `transformers` writes it; unknown keys are
/// ignored. Whether the files exist and hold those tensors is for the caller to check.
package struct ShardIndex: Sendable, Equatable {
    /// The longest index that is read, in bytes.
    package static let maximumByteCount = 64 << 20

    /// The file that holds each tensor, by tensor name.
    package let weightMap: [String: String]
    /// The files, each once, sorted; plain names without a directory.
    package let files: [String]
    /// The size of all tensors in bytes; nil when the index does not say, or says it as no whole number.
    package let totalSize: Int?

    /// Reads an index and checks that no file name leads out of the index's own directory.
    package init(
        parsing bytes: UnsafeRawBufferPointer,
        memory: ReaderMemory = .unlimited
    ) throws(ShardIndexError) {
        guard bytes.count <= Self.maximumByteCount else { throw .tooLarge(byteCount: bytes.count) }
        var parser = ShardIndexParser()
        do {
            try parser.parse(bytes, memory: memory)
        } catch {
            throw .malformed(error)
        }
        if let (tensor, file) = parser.unsafeEntry { throw .unsafeFileName(tensor: tensor, file: file) }
        guard !parser.weightMap.isEmpty else { throw .noTensors }
        self.weightMap = parser.weightMap
        self.files = parser.files.sorted()
        self.totalSize = parser.totalSize
    }

    /// Reads an index from an array, otherwise as from a buffer.
    package init(parsing bytes: [UInt8], memory: ReaderMemory = .unlimited) throws(ShardIndexError) {
        self = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(ShardIndexError) in
            try ShardIndex(parsing: bytes, memory: memory)
        }
    }
}
