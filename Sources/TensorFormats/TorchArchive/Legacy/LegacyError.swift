import Text

/// Why a file of the form that torch.save wrote before torch 1.6 cannot be read.
package enum LegacyError: Error, Equatable, Sendable {
    /// A pickle does not hold what stands at its place in a sound file.
    case unexpected(part: String, expected: String)
    /// The list of storages is not that of the pickle.
    case storageListDiffers(listed: Int, referenced: Int)
    /// A storage is listed that the pickle does not refer to, or twice.
    case storageUnknown(key: String)
    /// The file ends before a storage does.
    case truncated(key: String, offset: Int, byteCount: Int, fileByteCount: Int)
    /// A storage has another number of elements than the pickle says.
    case elementCount(key: String, offset: Int, stored: Int64, expected: Int)
    /// Bytes after the last storage belong to none.
    case trailingBytes(end: Int, fileByteCount: Int)
}

extension LegacyError: CustomStringConvertible {
    /// The part, the numbers and what to do, in one line.
    package var description: String {
        switch self {
        case .unexpected(let part, let expected):
            "\(part) of the legacy torch stream is not \(expected): load the file with torch.load and save it again"
        case .storageListDiffers(let listed, let referenced):
            "legacy torch stream lists \(listed) storages, its tensors refer to \(referenced)"
        case .storageUnknown(let key):
            "legacy torch stream lists storage \(key.quoted) twice, or no tensor refers to it"
        case .truncated(let key, let offset, let byteCount, let fileByteCount):
            "file ends at byte \(fileByteCount), within storage \(key.quoted) of \(byteCount) bytes at byte \(offset): "
                + "it is cut short, or still being written"
        case .elementCount(let key, let offset, let stored, let expected):
            "storage \(key.quoted) at byte \(offset) has \(stored) elements, its tensors need \(expected)"
        case .trailingBytes(let end, let fileByteCount):
            "last storage ends at byte \(end), the file goes on to byte \(fileByteCount): "
                + "load it with torch.load and save it again"
        }
    }
}
