/// Reads the entries of a central directory one after the other.
///
/// Format: APPNOTE.TXT, sections 4.3.12 and, for sizes beyond 32 bits, 4.5.3.
struct ZipEntryParser {
    /// The bytes of the directory.
    let bytes: [UInt8]
    /// Where they lie in the file; records end before.
    let directory: Range<Int>
    private var position = 0
    private var entryIndex = 0

    /// Prepares to read the first entry.
    init(bytes: [UInt8], directory: Range<Int>) {
        self.bytes = bytes
        self.directory = directory
    }

    /// Reads one entry and checks that its record lies before the directory.
    mutating func next() throws(ZipError) -> ZipEntry {
        guard bytes.count - position >= ZipEntry.fixedByteCount, bytes.uint32(at: position) == 0x0201_4B50 else {
            throw .entryDamaged(index: entryIndex, offset: directory.lowerBound + position)
        }
        let nameEnd = position + ZipEntry.fixedByteCount + Int(bytes.uint16(at: position + 28))
        let extraEnd = nameEnd + Int(bytes.uint16(at: position + 30))
        let end = extraEnd + Int(bytes.uint16(at: position + 32))
        guard end <= bytes.count else {
            throw .entryDamaged(index: entryIndex, offset: directory.lowerBound + position)
        }
        let name = position + ZipEntry.fixedByteCount..<nameEnd
        try checkForm(name: name)
        let (byteCount, headerOffset) = try place(name: name, extra: nameEnd..<extraEnd)
        let entry = ZipEntry(
            name: name,
            directoryOffset: directory.lowerBound + position,
            headerOffset: headerOffset,
            byteCount: byteCount,
            checksum: bytes.uint32(at: position + 16),
            flags: bytes.uint16(at: position + 8)
        )
        position = end
        entryIndex += 1
        return entry
    }

    /// Checks that the entries fill the directory.
    func finish() throws(ZipError) {
        guard position == bytes.count else {
            throw .directoryTooLong(entryCount: entryIndex, excess: bytes.count - position)
        }
    }

    private func text(_ name: Range<Int>) -> String {
        String(decoding: bytes[name], as: UTF8.self)
    }

    private func checkForm(name: Range<Int>) throws(ZipError) {
        guard (try? UTF8Span(validating: bytes.span.extracting(name))) != nil else {
            throw .nameNotText(index: entryIndex, text(name))
        }
        guard bytes.uint16(at: position + 8) & ZipEntry.encryptionFlags == 0 else {
            throw .record(text(name), .encrypted)
        }
        let method = bytes.uint16(at: position + 10)
        guard method == 0 else { throw .record(text(name), .compressed(method: Int(method))) }
    }

    /// The size of the record and where its local header is, which lie before the directory.
    private func place(name: Range<Int>, extra: Range<Int>) throws(ZipError) -> (byteCount: Int, headerOffset: Int) {
        var stored = UInt64(bytes.uint32(at: position + 20))
        var size = UInt64(bytes.uint32(at: position + 24))
        var offset = UInt64(bytes.uint32(at: position + 42))
        var wide = try wideFields(name: name, extra: extra)
        // Only the numbers that do not fit stand in the extra field, in this order.
        if size == UInt32.max { size = try nextWide(&wide, name) }
        if stored == UInt32.max { stored = try nextWide(&wide, name) }
        if offset == UInt32.max { offset = try nextWide(&wide, name) }
        guard stored == size else { throw .record(text(name), .sizesDiffer(stored: stored, original: size)) }
        let headerByteCount = UInt64(ZipEntry.headerByteCount + name.count)
        let limit = UInt64(directory.lowerBound)
        guard offset <= limit, headerByteCount <= limit - offset, size <= limit - offset - headerByteCount else {
            throw .record(text(name), .outside(byteCount: size, offset: offset, limit: directory.lowerBound))
        }
        return (Int(size), Int(offset))
    }

    /// The bytes of the zip64 extra field, empty without one.
    private func wideFields(name: Range<Int>, extra: Range<Int>) throws(ZipError) -> Range<Int> {
        var offset = extra.lowerBound
        while extra.upperBound - offset >= 4 {
            let end = offset + 4 + Int(bytes.uint16(at: offset + 2))
            guard end <= extra.upperBound else { throw .record(text(name), .extraDamaged) }
            if bytes.uint16(at: offset) == 0x0001 { return offset + 4..<end }
            offset = end
        }
        return extra.upperBound..<extra.upperBound
    }

    private func nextWide(_ fields: inout Range<Int>, _ name: Range<Int>) throws(ZipError) -> UInt64 {
        guard fields.count >= 8 else { throw .record(text(name), .extraDamaged) }
        defer { fields = fields.lowerBound + 8..<fields.upperBound }
        return bytes.uint64(at: fields.lowerBound)
    }
}
