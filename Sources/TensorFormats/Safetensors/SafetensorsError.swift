import Text

/// Why a file is not a valid safetensors file; the caller adds the path.
package enum SafetensorsError: Error, Equatable, Sendable {
    /// The file ends before the header's length does.
    case fileTooShort(fileByteCount: Int)
    /// The header's length is zero, as in a file whose bytes never reached the disk.
    case emptyHeader
    /// The header's length is beyond the limit of the format.
    case headerTooLarge(claimedByteCount: UInt64)
    /// The header, prefix included, is longer than the file.
    case headerBeyondEnd(headerByteCount: Int, fileByteCount: Int)
    /// The reader was given other bytes than the prefix asks for.
    case wrongHeaderByteCount(expected: Int, actual: Int)
    /// The header takes more memory than it may.
    case memory(MemoryShortage)
    /// The JSON is wrong, or does not say what a header must say; `tensor` is the entry in which it goes wrong.
    case malformedHeader(tensor: String?, JSONSyntaxError)
    /// A tensor's size in bits is beyond 63 bits.
    case shapeOverflow(tensor: String, shape: [Int], elementType: ElementType)
    /// A tensor of small elements does not end at a byte.
    case fractionalByte(tensor: String, elementType: ElementType, bitCount: Int)
    /// A tensor's offsets are in the wrong order.
    case endBeforeBegin(tensor: String, begin: Int, end: Int)
    /// A tensor's offsets are not as far apart as its type and shape say.
    case sizeMismatch(
        tensor: String,
        shape: [Int],
        elementType: ElementType,
        expectedByteCount: Int,
        offsetsByteCount: Int
    )
    /// A tensor ends after the end of the file.
    case truncatedData(tensor: String, end: Int, dataByteCount: Int)
    /// Bytes before a tensor belong to none.
    case gap(tensor: String, begin: Int, expected: Int)
    /// A tensor begins before the one before it ends.
    case overlap(tensor: String, begin: Int, other: String, otherEnd: Int)
    /// Bytes after the last tensor belong to none.
    case trailingBytes(dataEnd: Int, dataByteCount: Int)
}

extension SafetensorsError: CustomStringConvertible {
    /// The tensor, the numbers and the limit, in one line.
    package var description: String {
        switch self {
        case .fileTooShort(let fileByteCount):
            "file ends after \(fileByteCount) bytes, within the 8-byte header length"
        case .emptyHeader:
            "header length is 0: not a safetensors file, or its bytes never reached the disk"
        case .headerTooLarge(let claimed):
            "header length \(claimed) exceeds the limit of \(SafetensorsHeader.maximumHeaderByteCount) bytes"
        case .headerBeyondEnd(let headerByteCount, let fileByteCount):
            "file ends after \(fileByteCount) bytes, within the header of \(headerByteCount) bytes"
        case .wrongHeaderByteCount(let expected, let actual):
            "header takes \(expected) bytes, \(actual) were read"
        case .memory(let shortage):
            "\(shortage)"
        case .malformedHeader(let tensor, let error):
            (tensor.map { "tensor \($0.quoted): " } ?? "") + "malformed header, \(error)"
        case .shapeOverflow(let tensor, let shape, let type):
            "tensor \(tensor.quoted): shape \(shape) of \(type.rawValue) has more than \(Int.max) bits"
        case .fractionalByte(let tensor, let type, let bitCount):
            "tensor \(tensor.quoted): \(bitCount) bits of \(type.rawValue) do not fill whole bytes"
        case .endBeforeBegin(let tensor, let begin, let end):
            "tensor \(tensor.quoted): data_offsets [\(begin), \(end)] end before they begin"
        case .sizeMismatch(let tensor, let shape, let type, let needed, let held):
            "tensor \(tensor.quoted): shape \(shape) of \(type.rawValue) needs \(needed) bytes, data_offsets hold \(held)"
        case .truncatedData(let tensor, let end, let available):
            "tensor \(tensor.quoted): ends at data byte \(end), the file is cut short after \(available) data bytes"
        case .gap(let tensor, let begin, let expected):
            "tensor \(tensor.quoted): begins at data byte \(begin), expected \(expected) where the one before it ends"
        case .overlap(let tensor, let begin, let other, let otherEnd):
            "tensor \(tensor.quoted): begins at data byte \(begin), before tensor \(other.quoted) ends at \(otherEnd)"
        case .trailingBytes(let dataEnd, let available):
            "tensors end at data byte \(dataEnd), the file goes on to data byte \(available)"
        }
    }
}
