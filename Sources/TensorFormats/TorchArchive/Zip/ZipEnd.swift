/// What the end of a zip archive says about its central directory.
///
/// Format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, sections 4.3.14 to 4.3.16. torch writes the
/// records of zip64 always; without them the numbers of the plain end record are taken as they are.
struct ZipEnd {
    /// The bytes of the file that are the central directory.
    let directory: Range<Int>
    /// The number of entries in it.
    let entryCount: Int

    /// The size of the end record without a comment.
    static let endByteCount = 22
    /// The size of the locator of the zip64 record, which stands before the end record.
    static let locatorByteCount = 20
    /// The size of the zip64 record without extensions.
    static let wideEndByteCount = 56
    /// How far from the end of the file the end record may begin: it may have a comment of up to 64 KiB.
    static let maximumTailByteCount = endByteCount + Int(UInt16.max)
    /// The longest central directory that is read: room for two million records as torch writes them.
    static let maximumDirectoryByteCount = 1 << 28

    /// Finds and checks the end records of a file.
    init(reading source: some ByteSource) throws {
        let tailByteCount = min(source.byteCount, Self.maximumTailByteCount + Self.locatorByteCount)
        let tailOffset = source.byteCount - tailByteCount
        let tail = try source.bytes(at: tailOffset, count: tailByteCount)
        guard let end = Self.findEnd(in: tail) else { throw ZipError.noEndRecord(fileByteCount: source.byteCount) }
        let plain = try Numbers(plain: tail, at: end)
        let locator = end - Self.locatorByteCount
        guard locator >= 0, tail.uint32(at: locator) == 0x0706_4B50 else {
            try self.init(plain, before: tailOffset + end)
            return
        }
        let locatorOffset = tailOffset + locator
        let offset = tail.uint64(at: locator + 8)
        guard tail.uint32(at: locator + 4) == 0, tail.uint32(at: locator + 16) <= 1 else { throw ZipError.multipart }
        guard locatorOffset >= Self.wideEndByteCount, offset <= UInt64(locatorOffset - Self.wideEndByteCount) else {
            throw ZipError.wideEndOutside(offset: offset, limit: locatorOffset)
        }
        let record = try source.bytes(at: Int(offset), count: Self.wideEndByteCount)
        let wide = try Numbers(wide: record, at: Int(offset), before: locatorOffset)
        guard plain.isSaturated(form: wide) else { throw ZipError.endRecordsDiffer }
        try self.init(wide, before: Int(offset))
    }

    private init(_ numbers: Numbers, before end: Int) throws(ZipError) {
        let (sum, overflow) = numbers.directoryOffset.addingReportingOverflow(numbers.directoryByteCount)
        guard !overflow, sum == UInt64(end) else {
            throw .directoryMisplaced(
                offset: numbers.directoryOffset,
                byteCount: numbers.directoryByteCount,
                expectedEnd: end
            )
        }
        let byteCount = Int(numbers.directoryByteCount)
        guard byteCount <= Self.maximumDirectoryByteCount else { throw .directoryTooLarge(byteCount: byteCount) }
        guard numbers.entryCount <= UInt64(byteCount / ZipEntry.fixedByteCount) else {
            throw .tooManyEntries(claimed: numbers.entryCount, directoryByteCount: byteCount)
        }
        guard numbers.entryCount > 0 else { throw .noEntries }
        self.directory = Int(numbers.directoryOffset)..<end
        self.entryCount = Int(numbers.entryCount)
    }

    /// The last place at which an end record fits with its comment exactly up to the end of the file.
    private static func findEnd(in tail: [UInt8]) -> Int? {
        var offset = tail.count - endByteCount
        while offset >= 0 {
            if tail[offset] == 0x50, tail.uint32(at: offset) == 0x0605_4B50,
                Int(tail.uint16(at: offset + 20)) == tail.count - offset - endByteCount
            {
                return offset
            }
            offset -= 1
        }
        return nil
    }
}

extension ZipEnd {
    /// The numbers of an end record, plain or of zip64, before they are checked against the file.
    private struct Numbers {
        let entryCount: UInt64
        let directoryByteCount: UInt64
        let directoryOffset: UInt64

        init(plain bytes: [UInt8], at offset: Int) throws(ZipError) {
            // A disk number is saturated where the zip64 record has it.
            let disks = [bytes.uint16(at: offset + 4), bytes.uint16(at: offset + 6)]
            guard disks.allSatisfy({ $0 == 0 || $0 == .max }),
                bytes.uint16(at: offset + 8) == bytes.uint16(at: offset + 10)
            else { throw .multipart }
            self.entryCount = UInt64(bytes.uint16(at: offset + 10))
            self.directoryByteCount = UInt64(bytes.uint32(at: offset + 12))
            self.directoryOffset = UInt64(bytes.uint32(at: offset + 16))
        }

        init(wide bytes: [UInt8], at offset: Int, before locator: Int) throws(ZipError) {
            guard bytes.uint32(at: 0) == 0x0606_4B50, bytes.uint64(at: 4) == UInt64(locator - offset - 12) else {
                throw .wideEndDamaged(offset: offset)
            }
            guard bytes.uint32(at: 16) == 0, bytes.uint32(at: 20) == 0, bytes.uint64(at: 24) == bytes.uint64(at: 32)
            else { throw .multipart }
            self.entryCount = bytes.uint64(at: 32)
            self.directoryByteCount = bytes.uint64(at: 40)
            self.directoryOffset = bytes.uint64(at: 48)
        }

        /// Whether each of these numbers is that of the other, or as large as its field gets.
        func isSaturated(form wide: Numbers) -> Bool {
            (entryCount == wide.entryCount || entryCount == UInt16.max)
                && (directoryByteCount == wide.directoryByteCount || directoryByteCount == UInt32.max)
                && (directoryOffset == wide.directoryOffset || directoryOffset == UInt32.max)
        }
    }
}
