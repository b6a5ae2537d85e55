/// What is wrong with one record of a zip archive.
package enum ZipRecordError: Error, Equatable, Sendable {
    /// The record is encrypted.
    case encrypted
    /// The record is compressed.
    case compressed(method: Int)
    /// The extra field in the directory is damaged, or lacks a size of 64 bits.
    case extraDamaged
    /// The record has two sizes though it is not compressed.
    case sizesDiffer(stored: UInt64, original: UInt64)
    /// The record does not lie before the directory.
    case outside(byteCount: UInt64, offset: UInt64, limit: Int)
    /// Another record has the same name.
    case duplicate
    /// The record reaches into what follows it.
    case overlap(byteCount: Int, headerOffset: Int, next: Int)
    /// There is no local header where the directory says.
    case headerMissing(offset: Int)
    /// The local header contradicts the directory.
    case headerDiffers(offset: Int, field: String)
    /// There is no data descriptor behind the data, though there must be one.
    case descriptorMissing(offset: Int)
    /// The data descriptor contradicts the directory.
    case descriptorDiffers(offset: Int, field: String)
    /// The record is longer than any real one of its kind.
    case tooLong(byteCount: Int, limit: Int)
    /// The record's bytes do not have the checksum that the archive gives.
    case checksumMismatch(stored: UInt32, computed: UInt32)
}

extension ZipRecordError: CustomStringConvertible {
    /// The fault as it follows the record's name, with numbers and what to do.
    package var description: String {
        switch self {
        case .encrypted:
            "is encrypted; torch.save never does that"
        case .compressed(let method):
            "is compressed (method \(method)); torch.save never does that: load the file with torch.load, save it again"
        case .extraDamaged:
            "has a damaged extra field in the zip directory"
        case .sizesDiffer(let stored, let original):
            "takes \(stored) bytes for \(original) bytes, though it is not compressed"
        case .outside(let byteCount, let offset, let limit):
            "has \(byteCount) bytes from byte \(offset) on, which do not end before the directory at byte \(limit)"
        case .duplicate:
            "appears twice"
        case .overlap(let byteCount, let offset, let next):
            "has \(byteCount) bytes and its header at byte \(offset), and does not end before byte \(next), "
                + "where the next record or the directory begins"
        case .headerMissing(let offset):
            "has no header at byte \(offset): the file is damaged, or still being written"
        case .headerDiffers(let offset, let field):
            "has another \(field) in its header at byte \(offset) than in the directory"
        case .descriptorMissing(let offset):
            "has no data descriptor at byte \(offset), behind its data"
        case .descriptorDiffers(let offset, let field):
            "has another \(field) in its data descriptor at byte \(offset) than in the directory"
        case .tooLong(let byteCount, let limit):
            "has \(byteCount) bytes, the limit is \(limit) bytes"
        case .checksumMismatch(let stored, let computed):
            "has the CRC-32 \(Self.hexadecimal(computed)), its directory entry says \(Self.hexadecimal(stored)): "
                + "the file is damaged, or still being written"
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
