/// One record of a zip archive, as the central directory has it; the name stays in the directory's bytes.
struct ZipEntry {
    /// Where the name lies in the directory's bytes.
    let name: Range<Int>
    /// The offset in the file of this entry of the directory.
    let directoryOffset: Int
    /// The offset in the file of the record's local header.
    let headerOffset: Int
    /// The size of the record's data, which is stored without compression.
    let byteCount: Int
    /// The CRC-32 of the data; 0 where the writer did not compute one.
    let checksum: UInt32
    /// The general purpose bits.
    let flags: UInt16

    /// The offset in the file at which the directory has the checksum.
    var checksumPlace: Int { directoryOffset + 16 }
    /// Whether checksum and sizes follow the data, because the writer did not know them before.
    var hasDescriptor: Bool { flags & Self.descriptorFlag != 0 }

    /// The flag of a data descriptor.
    static let descriptorFlag: UInt16 = 1 << 3
    /// The flags of an encrypted record, in the old manner, the strong one, and with masked headers.
    static let encryptionFlags: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
    /// The size of an entry of the directory without its name, extra field and comment.
    static let fixedByteCount = 46
    /// The size of a local header without name and extra field.
    static let headerByteCount = 30
    /// The largest size of a data descriptor, that with 64-bit sizes.
    static let maximumDescriptorByteCount = 24
}
