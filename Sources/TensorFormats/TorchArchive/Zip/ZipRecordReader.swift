/// Finds the data of every record behind its local header, whose length the directory does not tell.
///
/// Format: APPNOTE.TXT, sections 4.3.7 and 4.3.9.
struct ZipRecordReader<Source: ByteSource> {
    private let directory: ZipDirectory
    private var reader: BatchedReader<Source>

    /// Prepares to read the headers of all records.
    init(_ source: Source, directory: ZipDirectory) {
        self.directory = directory
        // A record's descriptor lies just before the next record's header, and is read with it.
        var plan = directory.entries.map { entry in
            max(0, entry.headerOffset - ZipEntry.maximumDescriptorByteCount)..<entry.headerOffset
                + ZipEntry.headerByteCount + entry.name.count
        }
        let end = directory.range.lowerBound
        plan.append(max(0, end - ZipEntry.maximumDescriptorByteCount)..<end)
        self.reader = BatchedReader(source, plan: plan)
    }

    /// Returns the records in the order of the directory's entries, none of which overlaps the next.
    mutating func records() throws -> [ZipRecord] {
        var records: [ZipRecord] = []
        records.reserveCapacity(directory.entries.count)
        for (index, entry) in directory.entries.enumerated() {
            let next = index + 1 < directory.entries.count ? directory.entries[index + 1] : nil
            let limit = next?.headerOffset ?? directory.range.lowerBound
            records.append(try record(of: entry, limit: limit))
        }
        return records
    }

    private mutating func record(of entry: ZipEntry, limit: Int) throws -> ZipRecord {
        let headerByteCount = ZipEntry.headerByteCount + entry.name.count
        guard entry.headerOffset + headerByteCount <= limit else { throw overlap(entry, limit: limit) }
        let header = try reader.bring(entry.headerOffset..<entry.headerOffset + headerByteCount)
        try checkHeader(of: entry, at: header)
        let begin = entry.headerOffset + headerByteCount + Int(reader.window.uint16(at: header + 28))
        guard begin <= limit, entry.byteCount <= limit - begin else { throw overlap(entry, limit: limit) }
        let range = begin..<begin + entry.byteCount
        if entry.byteCount == 0 { return ZipRecord(range: range, seal: nil) }
        var places: [Int] = []
        // A writer that knows the checksum too late puts 0 here, and the checksum into the descriptor.
        if reader.window.uint32(at: header + 14) != 0 { places.append(entry.headerOffset + 14) }
        if entry.hasDescriptor {
            places.append(try descriptor(of: entry, at: range.upperBound, limit: limit) + 4)
        }
        places.append(entry.checksumPlace)
        // torch writes 0 everywhere when it is told to compute no checksums.
        let seal = entry.checksum == 0 ? nil : ByteSeal(range: range, checksum: entry.checksum, places: places)
        return ZipRecord(range: range, seal: seal)
    }

    /// Checks that the local header says what the directory says.
    private func checkHeader(of entry: ZipEntry, at header: Int) throws(ZipError) {
        let window = reader.window
        guard window.uint32(at: header) == 0x0403_4B50 else {
            throw error(entry, .headerMissing(offset: entry.headerOffset))
        }
        let nameBegin = header + ZipEntry.headerByteCount
        guard Int(window.uint16(at: header + 26)) == entry.name.count,
            window[nameBegin..<nameBegin + entry.name.count] == directory.bytes[entry.name]
        else { throw error(entry, .headerDiffers(offset: entry.headerOffset, field: "name")) }
        guard window.uint16(at: header + 6) == entry.flags, window.uint16(at: header + 8) == 0 else {
            throw error(entry, .headerDiffers(offset: entry.headerOffset, field: "flags or compression method"))
        }
        let checksum = window.uint32(at: header + 14)
        guard checksum == entry.checksum || (entry.hasDescriptor && checksum == 0) else {
            throw error(entry, .headerDiffers(offset: entry.headerOffset, field: "checksum"))
        }
        let size = window.uint32(at: header + 22)
        guard size == entry.byteCount || size == .max || (entry.hasDescriptor && size == 0) else {
            throw error(entry, .headerDiffers(offset: entry.headerOffset, field: "size"))
        }
    }

    /// Finds the data descriptor behind the data, and returns where it begins.
    private mutating func descriptor(of entry: ZipEntry, at offset: Int, limit: Int) throws -> Int {
        let byteCount = min(ZipEntry.maximumDescriptorByteCount, directory.range.lowerBound - offset)
        guard byteCount >= 16 else { throw error(entry, .descriptorMissing(offset: offset)) }
        let begin = try reader.bring(offset..<offset + byteCount)
        let window = reader.window
        guard window.uint32(at: begin) == 0x0807_4B50 else {
            throw error(entry, .descriptorMissing(offset: offset))
        }
        guard window.uint32(at: begin + 4) == entry.checksum else {
            throw error(entry, .descriptorDiffers(offset: offset, field: "checksum"))
        }
        let isNarrow =
            window.uint32(at: begin + 8) == entry.byteCount && window.uint32(at: begin + 12) == entry.byteCount
        let isWide =
            byteCount == 24 && window.uint64(at: begin + 8) == entry.byteCount
            && window.uint64(at: begin + 16) == entry.byteCount
        guard isNarrow || isWide else { throw error(entry, .descriptorDiffers(offset: offset, field: "size")) }
        guard offset + (isNarrow ? 16 : 24) <= limit else { throw overlap(entry, limit: limit) }
        return offset
    }

    private func overlap(_ entry: ZipEntry, limit: Int) -> ZipError {
        error(entry, .overlap(byteCount: entry.byteCount, headerOffset: entry.headerOffset, next: limit))
    }

    private func error(_ entry: ZipEntry, _ error: ZipRecordError) -> ZipError {
        .record(directory.name(of: entry), error)
    }
}
