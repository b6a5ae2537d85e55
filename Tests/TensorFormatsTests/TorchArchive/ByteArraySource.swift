import TensorFormats
import Testing

/// A file in memory that notes what is read, and fails a test that reads beyond the end.
final class ByteArraySource: ByteSource {
    let contents: [UInt8]
    /// The ranges that were read, in that order.
    private(set) var reads: [Range<Int>] = []

    var byteCount: Int { contents.count }

    init(_ contents: [UInt8]) {
        self.contents = contents
    }

    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try #require(offset >= 0 && count >= 0 && offset <= contents.count - count, "\(offset), \(count)")
        reads.append(offset..<offset + count)
        return Array(contents[offset..<offset + count])
    }
}
