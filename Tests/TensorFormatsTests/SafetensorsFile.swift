import TensorFormats
import Testing

/// Reads a whole file as a program does: the length first, then as many bytes as it asks for.
func readHeader(of file: [UInt8]) throws(SafetensorsError) -> SafetensorsHeader {
    let count = try SafetensorsHeader.headerByteCount(prefix: file.prefix(8), fileByteCount: file.count)
    return try SafetensorsHeader(parsing: Array(file[..<count]), fileByteCount: file.count)
}

/// A file with the JSON as its header, as it stands, and so many zero bytes of data.
func file(json: String, dataByteCount: Int = 0) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian, Array.init)
    return length + Array(json.utf8) + [UInt8](repeating: 0, count: dataByteCount)
}

/// The text of the refusal of a file, or nil when it is accepted.
func refusal(of file: [UInt8]) -> String? {
    do {
        _ = try readHeader(of: file)
        return nil
    } catch {
        return error.description
    }
}

/// Checks what every accepted header promises.
func expectSound(_ header: SafetensorsHeader, sourceLocation: SourceLocation = #_sourceLocation) {
    var end = header.headerByteCount
    for tensor in header.tensors {
        #expect(tensor.byteRange.lowerBound == end, sourceLocation: sourceLocation)
        #expect(
            tensor.elementCount * tensor.elementType.bitCount == tensor.byteRange.count * 8,
            sourceLocation: sourceLocation
        )
        end = tensor.byteRange.upperBound
    }
    #expect(end == header.fileByteCount, sourceLocation: sourceLocation)
    #expect(Set(header.tensors.map(\.name)).count == header.tensors.count, sourceLocation: sourceLocation)
}
