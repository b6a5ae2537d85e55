import TensorFormats

/// What a safetensors file holds.
enum SafetensorsWeights {
    /// The content by its header.
    static func read(_ bytes: FileBytes, prefix: [UInt8], memory: ReaderMemory) throws -> WeightFile.Content {
        let headerByteCount = try SafetensorsHeader.headerByteCount(
            prefix: prefix,
            fileByteCount: bytes.byteCount,
            memory: memory
        )
        let headerBytes = try bytes.bytes(at: 0, count: headerByteCount)
        let header = try SafetensorsHeader(parsing: headerBytes, fileByteCount: bytes.byteCount, memory: memory)
        return WeightFile.Content(
            description: WeightFileDescription(
                format: .safetensors,
                amendments: try amendments(to: header),
                settings: ModelSettings.statements(inMetadata: header.metadata)
            ),
            tensors: header.tensors,
            payload: header.headerByteCount..<header.fileByteCount
        )
    }

    /// Hashes of the weights, which are no longer true of an average: those of kohya's sd-scripts and of the metadata
    /// standard of Stability AI (github.com/Stability-AI/ModelSpec).
    private static func isHashOfWeights(_ key: String) -> Bool {
        key.hasPrefix("sshs_") || key == "modelspec.hash_sha256"
    }

    private static func amendments(to header: SafetensorsHeader) throws -> [ByteAmendment] {
        let kept = header.metadata.filter { !isHashOfWeights($0.key) }
        guard kept.count < header.metadata.count else { return [] }
        return [ByteAmendment(offset: 0, bytes: try header.encoded(metadata: kept, byteCount: header.headerByteCount))]
    }
}
