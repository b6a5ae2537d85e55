import TensorFormats
import Testing

/// The length that a file claims is refused before anybody allocates room for it.
@Suite struct SafetensorsPrefixTests {
    private func prefix(_ length: UInt64) -> [UInt8] { withUnsafeBytes(of: length.littleEndian, Array.init) }

    @Test(arguments: [UInt64(1) << 63, .max, UInt64(Int.max), .max - 7, 1 << 32, 100_000_001])
    func refusesLengthsBeyondTheLimitInAFileOfAnySize(_ length: UInt64) {
        #expect(throws: SafetensorsError.headerTooLarge(claimedByteCount: length)) {
            try SafetensorsHeader.headerByteCount(prefix: prefix(length), fileByteCount: .max)
        }
    }

    @Test func theLimitItselfIsAllowed() throws {
        let count = try SafetensorsHeader.headerByteCount(prefix: prefix(100_000_000), fileByteCount: 100_000_008)
        #expect(count == 100_000_008)
        #expect(throws: SafetensorsError.headerBeyondEnd(headerByteCount: 100_000_008, fileByteCount: 100_000_007)) {
            try SafetensorsHeader.headerByteCount(prefix: prefix(100_000_000), fileByteCount: 100_000_007)
        }
    }

    @Test func bytesBehindThePrefixAreIgnored() throws {
        #expect(try SafetensorsHeader.headerByteCount(prefix: prefix(2) + [9, 9], fileByteCount: 10) == 10)
    }

    @Test(arguments: [(0, 100), (7, 100), (8, 7), (8, 0), (8, -1)])
    func refusesAShortPrefix(_ prefixByteCount: Int, _ fileByteCount: Int) {
        let error = SafetensorsError.fileTooShort(fileByteCount: min(prefixByteCount, fileByteCount))
        #expect(throws: error) {
            try SafetensorsHeader.headerByteCount(
                prefix: prefix(2).prefix(prefixByteCount),
                fileByteCount: fileByteCount
            )
        }
    }

    @Test(arguments: [8, 9, 11, 20])
    func refusesMoreOrFewerBytesThanTheHeaderTakes(_ count: Int) {
        let bytes = Array((prefix(2) + Array("{}          ".utf8)).prefix(count))
        #expect(throws: SafetensorsError.wrongHeaderByteCount(expected: 10, actual: count)) {
            try SafetensorsHeader(parsing: bytes, fileByteCount: 10)
        }
    }
}
