/// The pickle with which every file of the legacy form begins: the number 0x1950A86A20F9469CFC6C.
enum LegacyMagic {
    /// Returns the length of the pickle at the start of a file, or nil if it is another one.
    static func byteCount(in prefix: [UInt8]) -> Int? {
        guard prefix.count >= 3, prefix[0] == 0x80, (2...5).contains(prefix[1]) else { return nil }
        // From protocol 4 on, the number stands in a frame.
        let begin = prefix[2] == 0x95 ? 11 : 2
        return prefix.dropFirst(begin).starts(with: number) ? begin + number.count : nil
    }

    /// LONG1 of ten bytes, and STOP.
    private static let number: [UInt8] = [
        0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
}
