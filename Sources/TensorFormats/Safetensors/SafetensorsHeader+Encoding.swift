extension SafetensorsHeader {
    /// Returns this header with other metadata; the tensors' bytes stay valid behind it as they are.
    ///
    /// Throws what a reader of the result would say, for example when the metadata repeats a key or grows beyond the
    /// limit of the format.
    package func encoded(metadata: [(key: String, value: String)]) throws(SafetensorsError) -> [UInt8] {
        let bytes = Self.encode(
            tensors: tensors.map { ($0.name, $0.elementType, $0.shape) },
            metadata: metadata
        )
        _ = try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + fileByteCount - headerByteCount)
        return bytes
    }

    /// Returns this header with less metadata in exactly so many bytes, so that the tensors need not move.
    ///
    /// Throws `wrongHeaderByteCount` where it does not fit.
    package func encoded(
        metadata: [(key: String, value: String)],
        byteCount: Int
    ) throws(SafetensorsError) -> [UInt8] {
        var bytes = try encoded(metadata: metadata)
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        guard bytes.count <= byteCount else {
            throw .wrongHeaderByteCount(expected: byteCount, actual: bytes.count)
        }
        bytes += Array(repeating: UInt8(ascii: " "), count: byteCount - bytes.count)
        Self.writePrefix(of: &bytes)
        return bytes
    }

    /// Returns the header of a file that holds the tensors in this order, one behind the other.
    ///
    /// The bytes are prefix and JSON, padded with spaces to a multiple of eight as the reference writer does. Names
    /// must be distinct and every size a whole number of bytes that `Int` can count; a shape that overflows traps.
    package static func encode(
        tensors: [(name: String, elementType: ElementType, shape: [Int])],
        metadata: [(key: String, value: String)] = []
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: prefixByteCount)
        bytes.append(UInt8(ascii: "{"))
        if !metadata.isEmpty { append(metadata, to: &bytes) }
        var offset = 0
        for tensor in tensors {
            if bytes.count > prefixByteCount + 1 { bytes.append(UInt8(ascii: ",")) }
            let end = offset + tensor.shape.reduce(1, *) * tensor.elementType.bitCount / 8
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            bytes.appendJSON(tensor.name)
            bytes.append(contentsOf: #":{"dtype":"\#(tensor.elementType.rawValue)","shape":[\#(shape)],"#.utf8)
            bytes.append(contentsOf: #""data_offsets":[\#(offset),\#(end)]}"#.utf8)
            offset = end
        }
        bytes.append(UInt8(ascii: "}"))
        while !bytes.count.isMultiple(of: 8) { bytes.append(UInt8(ascii: " ")) }
        writePrefix(of: &bytes)
        return bytes
    }

    private static func writePrefix(of bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt64(bytes.count - prefixByteCount).littleEndian) { length in
            bytes.replaceSubrange(..<prefixByteCount, with: length)
        }
    }

    private static func append(_ metadata: [(key: String, value: String)], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #""__metadata__":{"#.utf8)
        for (index, pair) in metadata.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSON(pair.key)
            bytes.append(UInt8(ascii: ":"))
            bytes.appendJSON(pair.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
