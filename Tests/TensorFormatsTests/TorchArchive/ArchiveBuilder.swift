/// Zip archives as torch.save writes them, and with any of their numbers wrong.
struct ArchiveBuilder {
    /// One record and how it is written.
    struct Record {
        var name: String
        var data: [UInt8]
        var flags: UInt16 = 0x0808
        var method: UInt16 = 0
        /// The checksum in the directory and, unless there is a descriptor, in the local header.
        var checksum: UInt32
        /// The checksum in the local header if it is another one.
        var localChecksum: UInt32?
        var descriptor = Descriptor.narrow
        /// The size in the descriptor if it is another one.
        var descriptorByteCount: Int?
        /// Whether the directory has the sizes in the zip64 field.
        var hasWideSizes = false
        /// Whether the directory has the header's offset in the zip64 field.
        var hasWideOffset = false
        /// The bytes of the extra field of the local header.
        var localExtra: [UInt8] = []
        /// The name in the local header if it is another one.
        var localName: String?
        /// The offset of the header in the directory if it is another one.
        var headerOffset: Int?
        /// The size in the directory if it is another one.
        var byteCount: Int?

        init(_ name: String, _ data: [UInt8]) {
            self.name = name
            self.data = data
            self.checksum = Self.slowChecksum(of: data)
            if data.isEmpty { descriptor = .none }
        }

        /// The CRC-32 as its definition has it, bit by bit.
        static func slowChecksum(of data: [UInt8]) -> UInt32 {
            var value = UInt32.max
            for byte in data {
                value ^= UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
            }
            return ~value
        }
    }

    /// What follows a record's data.
    enum Descriptor { case none, narrow, wide }

    var records: [Record]
    var hasWideEnd = true
    var comment: [UInt8] = []
    /// Bytes between the records and the directory.
    var gap: [UInt8] = []

    /// The file, and where each record's data begin in it.
    func build() -> (bytes: [UInt8], dataOffsets: [Int]) {
        var bytes: [UInt8] = []
        var headerOffsets: [Int] = []
        var dataOffsets: [Int] = []
        for record in records {
            headerOffsets.append(bytes.count)
            bytes += header(record)
            dataOffsets.append(bytes.count)
            bytes += record.data
            bytes += descriptor(record)
        }
        bytes += gap
        let directoryOffset = bytes.count
        for (record, offset) in zip(records, headerOffsets) {
            bytes += entry(record, at: record.headerOffset ?? offset)
        }
        bytes += end(directoryOffset: directoryOffset, directoryByteCount: bytes.count - directoryOffset)
        return (bytes, dataOffsets)
    }

    private func header(_ record: Record) -> [UInt8] {
        let name = Array((record.localName ?? record.name).utf8)
        let isLate = record.flags & 8 != 0
        let checksum = record.localChecksum ?? (isLate ? 0 : record.checksum)
        let size = isLate ? 0 : UInt32(record.data.count)
        return Array("PK\u{3}\u{4}".utf8) + le(UInt16(0)) + le(record.flags) + le(record.method) + le(UInt32(0))
            + le(checksum) + le(size) + le(size) + le(UInt16(name.count)) + le(UInt16(record.localExtra.count))
            + name + record.localExtra
    }

    private func descriptor(_ record: Record) -> [UInt8] {
        let start = Array("PK\u{7}\u{8}".utf8) + le(record.checksum)
        let size = record.descriptorByteCount ?? record.data.count
        switch record.descriptor {
        case .none: return []
        case .narrow: return start + le(UInt32(size)) + le(UInt32(size))
        case .wide: return start + le(size) + le(size)
        }
    }

    private func entry(_ record: Record, at offset: Int) -> [UInt8] {
        let name = Array(record.name.utf8)
        let size = record.byteCount ?? record.data.count
        let wide = (record.hasWideSizes ? le(size) + le(size) : []) + (record.hasWideOffset ? le(offset) : [])
        let extra = wide.isEmpty ? [] : le(UInt16(1)) + le(UInt16(wide.count)) + wide
        let shortSize = record.hasWideSizes ? UInt32.max : UInt32(truncatingIfNeeded: size)
        return Array("PK\u{1}\u{2}".utf8) + le(UInt16(0)) + le(UInt16(0)) + le(record.flags) + le(record.method)
            + le(UInt32(0)) + le(record.checksum) + le(shortSize) + le(shortSize) + le(UInt16(name.count))
            + le(UInt16(extra.count)) + le(UInt16(0)) + le(UInt16(0)) + le(UInt16(0)) + le(UInt32(0))
            + le(record.hasWideOffset ? UInt32.max : UInt32(truncatingIfNeeded: offset)) + name + extra
    }

    private func end(directoryOffset: Int, directoryByteCount: Int) -> [UInt8] {
        let count = records.count
        let wide =
            Array("PK\u{6}\u{6}".utf8) + le(UInt64(44)) + le(UInt32(0)) + le(UInt32(0)) + le(UInt32(0))
            + le(UInt64(count)) + le(UInt64(count)) + le(UInt64(directoryByteCount)) + le(UInt64(directoryOffset))
            + Array("PK\u{6}\u{7}".utf8) + le(UInt32(0)) + le(UInt64(directoryOffset + directoryByteCount))
            + le(UInt32(1))
        let plain =
            Array("PK\u{5}\u{6}".utf8) + le(UInt32(0)) + le(UInt16(clamping: count)) + le(UInt16(clamping: count))
            + le(UInt32(directoryByteCount)) + le(UInt32(directoryOffset)) + le(UInt16(comment.count))
        return (hasWideEnd ? wide : []) + plain + comment
    }
}

/// The bytes of a number, least significant first.
func le(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
}
