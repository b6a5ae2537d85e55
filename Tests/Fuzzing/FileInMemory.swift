/// Bytes in memory as a file; ends the process where a reader does not keep to what a file has.
final class FileInMemory: ByteSource {
    private let contents: [UInt8]
    /// How many bytes were read, those that were read twice counted twice.
    private(set) var readByteCount = 0

    /// The size of the file.
    var byteCount: Int { contents.count }

    /// A file of these bytes.
    init(_ contents: [UInt8]) {
        self.contents = contents
    }

    /// Reads some bytes.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && offset <= contents.count, "a read beyond the end")
        precondition(count <= contents.count - offset, "a read beyond the end")
        readByteCount += count
        return Array(contents[offset..<(offset + count)])
    }
}
