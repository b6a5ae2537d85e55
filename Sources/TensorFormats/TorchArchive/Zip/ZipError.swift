import Text

/// Why a file is not a zip archive that torch could have written.
package enum ZipError: Error, Equatable, Sendable {
    /// There is no end record at the end of the file.
    case noEndRecord(fileByteCount: Int)
    /// The archive says that it is one of several files.
    case multipart
    /// The zip64 end record is said to lie where it cannot.
    case wideEndOutside(offset: UInt64, limit: Int)
    /// There is no zip64 end record where it is said to lie.
    case wideEndDamaged(offset: Int)
    /// The two end records contradict each other.
    case endRecordsDiffer
    /// The central directory does not end where the end records begin.
    case directoryMisplaced(offset: UInt64, byteCount: UInt64, expectedEnd: Int)
    /// The central directory is longer than any real one.
    case directoryTooLarge(byteCount: Int)
    /// The directory cannot hold as many entries as claimed.
    case tooManyEntries(claimed: UInt64, directoryByteCount: Int)
    /// The archive holds nothing.
    case noEntries
    /// Behind the last entry the directory goes on.
    case directoryTooLong(entryCount: Int, excess: Int)
    /// An entry of the directory is not one, or is cut short.
    case entryDamaged(index: Int, offset: Int)
    /// A record's name is not UTF-8.
    case nameNotText(index: Int, String)
    /// One record is not as it has to be.
    case record(String, ZipRecordError)
}

extension ZipError: CustomStringConvertible {
    /// The record, the numbers and what to do, in one line.
    package var description: String {
        switch self {
        case .noEndRecord(let byteCount):
            "zip archive of \(byteCount) bytes has no end record: it is cut short, or still being written"
        case .multipart:
            "zip archive is one part of several; torch.save writes one file"
        case .wideEndOutside(let offset, let limit):
            "zip64 end record is said to begin at byte \(offset), it has to end before byte \(limit)"
        case .wideEndDamaged(let offset):
            "no zip64 end record at byte \(offset), where its locator points"
        case .endRecordsDiffer:
            "the two end records of the zip archive contradict each other"
        case .directoryMisplaced(let offset, let byteCount, let expectedEnd):
            "zip directory of \(byteCount) bytes at byte \(offset) does not end at byte \(expectedEnd), "
                + "where the end record begins"
        case .directoryTooLarge(let byteCount):
            "zip directory of \(byteCount) bytes exceeds the limit of \(ZipEnd.maximumDirectoryByteCount) bytes"
        case .tooManyEntries(let claimed, let byteCount):
            "zip directory claims \(claimed) entries, its \(byteCount) bytes hold at most "
                + "\(byteCount / ZipEntry.fixedByteCount)"
        case .noEntries:
            "zip archive has no records; torch.save was interrupted before it wrote any"
        case .directoryTooLong(let count, let excess):
            "zip directory goes on for \(excess) bytes behind its last entry, number \(count)"
        case .entryDamaged(let index, let offset):
            "entry \(index) of the zip directory, at byte \(offset), is damaged"
        case .nameNotText(let index, let name):
            "entry \(index) of the zip directory: name \(name.quoted) is not valid UTF-8"
        case .record(let name, let error):
            "record \(name.quoted) \(error)"
        }
    }
}
