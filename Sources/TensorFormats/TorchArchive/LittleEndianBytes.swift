/// Numbers as the files of torch have them: little-endian, at any alignment. An offset beyond the end is a
/// programming error.
extension [UInt8] {
    /// The 16-bit number at an offset.
    func uint16(at offset: Int) -> UInt16 {
        UInt16(littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The 32-bit number at an offset.
    func uint32(at offset: Int) -> UInt32 {
        UInt32(littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The 64-bit number at an offset.
    func uint64(at offset: Int) -> UInt64 {
        UInt64(littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
