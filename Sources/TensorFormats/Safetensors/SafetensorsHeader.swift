/// The validated header of a safetensors file: what the tensors are and where their bytes lie.
///
/// The file is a 64-bit little-endian length N, N bytes of JSON, then the tensors' bytes without a gap. The JSON is an
/// object of `name: {"dtype", "shape", "data_offsets": [begin, end]}` and an optional `__metadata__` of strings.
/// Format: <https://github.com/huggingface/safetensors#format>. Where the reference reader is lax, this one is not:
/// a name or key that appears twice is refused.
package struct SafetensorsHeader: Sendable {
    /// The bytes before the JSON, which hold its length.
    package static let prefixByteCount = 8
    /// The longest JSON that the format allows, in bytes.
    package static let maximumHeaderByteCount = 100_000_000
    /// The most dimensions a tensor may have, as in PyTorch and NumPy.
    package static let maximumRank = 64

    /// The tensors by position in the file; together they fill it from `headerByteCount` to its end.
    package let tensors: [TensorInfo]
    /// The pairs of `__metadata__` in the order of the file; empty when it is missing or null.
    package let metadata: [(key: String, value: String)]
    /// The bytes before the first tensor: prefix and JSON.
    package let headerByteCount: Int
    /// The size of the whole file.
    package let fileByteCount: Int

    /// Returns how many bytes to read for the header, prefix included.
    ///
    /// The length that the file claims is checked here, before anybody allocates room for it.
    ///
    /// - Parameters:
    ///   - prefix: The first eight bytes of the file, or all of a shorter one.
    ///   - fileByteCount: The size of the file.
    ///   - memory: What the reader may take.
    package static func headerByteCount(
        prefix: some Collection<UInt8>,
        fileByteCount: Int,
        memory: ReaderMemory = .unlimited
    ) throws(SafetensorsError) -> Int {
        guard prefix.count >= prefixByteCount, fileByteCount >= prefixByteCount else {
            throw .fileTooShort(fileByteCount: min(prefix.count, fileByteCount))
        }
        let claimed = prefix.prefix(prefixByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard claimed > 0 else { throw .emptyHeader }
        guard claimed <= maximumHeaderByteCount else { throw .headerTooLarge(claimedByteCount: claimed) }
        let total = prefixByteCount + Int(claimed)
        guard total <= fileByteCount else {
            throw .headerBeyondEnd(headerByteCount: total, fileByteCount: fileByteCount)
        }
        // The texts of the header are kept once more, in strings.
        do throws(MemoryShortage) { try memory.require(2 * total) } catch { throw .memory(error) }
        return total
    }

    /// Reads a header and checks every rule of the format.
    ///
    /// - Parameters:
    ///   - bytes: Exactly the bytes that ``headerByteCount(prefix:fileByteCount:)`` asks for.
    ///   - fileByteCount: The size of the file, which the tensors must fill.
    ///   - memory: What the reader may take.
    package init(
        parsing bytes: UnsafeRawBufferPointer,
        fileByteCount: Int,
        memory: ReaderMemory = .unlimited
    ) throws(SafetensorsError) {
        let headerByteCount = try Self.headerByteCount(prefix: bytes, fileByteCount: fileByteCount, memory: memory)
        guard bytes.count == headerByteCount else {
            throw .wrongHeaderByteCount(expected: headerByteCount, actual: bytes.count)
        }
        var parser = try SafetensorsHeaderParser(
            json: UnsafeRawBufferPointer(rebasing: bytes[Self.prefixByteCount...]),
            memory: memory
        )
        try parser.parse()
        let layout = SafetensorsLayout(headerByteCount: headerByteCount, fileByteCount: fileByteCount)
        self.tensors = try layout.tensors(from: parser.entries)
        self.metadata = parser.metadata
        self.headerByteCount = headerByteCount
        self.fileByteCount = fileByteCount
    }

    /// Reads a header from an array, otherwise as from a buffer.
    package init(
        parsing bytes: [UInt8],
        fileByteCount: Int,
        memory: ReaderMemory = .unlimited
    ) throws(SafetensorsError) {
        self = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(SafetensorsError) in
            try SafetensorsHeader(parsing: bytes, fileByteCount: fileByteCount, memory: memory)
        }
    }
}
