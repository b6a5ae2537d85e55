import Text

/// Why a shard index is not usable; the caller adds the path.
package enum ShardIndexError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The index is longer than any real one.
    case tooLarge(byteCount: Int)
    /// The JSON is wrong, or does not say what an index must say.
    case malformed(JSONSyntaxError)
    /// There is no `weight_map`, or it is empty.
    case noTensors
    /// A shard's name is not that of a file beside the index.
    case unsafeFileName(tensor: String, file: String)

    /// The place, the names and the limit, in one line.
    package var description: String {
        switch self {
        case .tooLarge(let byteCount):
            "index of \(byteCount) bytes exceeds the limit of \(ShardIndex.maximumByteCount) bytes"
        case .malformed(let error):
            "malformed index, \(error)"
        case .noTensors:
            "index has no tensors in \"weight_map\""
        case .unsafeFileName(let tensor, let file):
            "tensor \(tensor.quoted): shard \(file.quoted) is not a plain file name beside the index"
        }
    }
}
