/// The central directory of a zip archive, of which every record lies within the file and none overlaps another.
struct ZipDirectory {
    /// The bytes of the directory, in which the names lie.
    let bytes: [UInt8]
    /// Where the directory lies in the file.
    let range: Range<Int>
    /// The records, by the place of their local headers.
    let entries: [ZipEntry]

    /// What the directory and all that is made of it take of memory, in bytes.
    var heldByteCount: Int { Self.heldByteCount(directory: range.count, entryCount: entries.count) }

    // Of each entry there are a record, a range to read, a seal and a key; the text of a long key is kept once more.
    private static func heldByteCount(directory byteCount: Int, entryCount: Int) -> Int {
        byteCount + max(0, byteCount - 128 * entryCount) + 210 * entryCount
    }

    /// Reads and checks the directory.
    init(reading source: some ByteSource, memory: ReaderMemory = .unlimited) throws {
        let end = try ZipEnd(reading: source)
        try memory.require(Self.heldByteCount(directory: end.directory.count, entryCount: end.entryCount))
        self.bytes = try source.bytes(at: end.directory.lowerBound, count: end.directory.count)
        self.range = end.directory
        var parser = ZipEntryParser(bytes: bytes, directory: end.directory)
        var entries: [ZipEntry] = []
        entries.reserveCapacity(end.entryCount)
        for _ in 0..<end.entryCount { entries.append(try parser.next()) }
        try parser.finish()
        entries.sort { $0.headerOffset < $1.headerOffset }
        self.entries = entries
    }

    /// The name of a record; names that are no UTF-8 were refused.
    func name(of entry: ZipEntry) -> String {
        String(decoding: bytes[entry.name], as: UTF8.self)
    }

}
