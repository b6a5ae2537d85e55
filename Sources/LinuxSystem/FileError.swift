package import SystemPackage

/// What is wrong with a file that could be opened.
package enum FileError: Error, Equatable, Sendable {
    /// It is a directory, a pipe or the like.
    case notRegular(FilePath, FileKind)
    /// Another file has the path by now than the one that was looked at.
    case replaced(FilePath)
    /// It ended before the bytes that were asked for.
    case endsEarly(FilePath, offset: Int, wanted: Int, found: Int)
}

extension FileError: CustomStringConvertible {
    /// The operation, the path and the numbers.
    package var description: String {
        switch self {
        case .notRegular(let path, let kind):
            "cannot read \"\(path)\": it is a \(kind.rawValue), not a regular file"
        case .replaced(let path):
            "cannot copy \"\(path)\": it was replaced after it had been looked at; it is looked at again"
        case .endsEarly(let path, let offset, let wanted, let found):
            "cannot read \(wanted) bytes at offset \(offset) of \"\(path)\": the file ended after \(found) of them;"
                + " it was truncated, or is still being written"
        }
    }
}
