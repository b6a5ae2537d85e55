internal import CKernels

/// The CRC-64/NVME of a run of bytes, together with the length that is needed to put runs together.
///
/// It finds accidents, not forgery: a changed, truncated or mixed-up file. The value is the one that S3 calls CRC64NVME.
/// Algorithm: NVM Express NVM Command Set Specification 1.0, section 5.2.1.3.4.
package struct ContentChecksum: Sendable, Equatable {
    /// The checksum, 0 for no bytes.
    package private(set) var value: UInt64
    /// How many bytes it covers.
    package private(set) var byteCount: Int

    /// The checksum of no bytes.
    package init() {
        value = 0
        byteCount = 0
    }

    /// Reads what ``text`` gives; nil where that is not "crc64nvme:" and sixteen lower-case hexadecimal digits.
    ///
    /// - Parameters:
    ///   - text: The checksum as it is recorded.
    ///   - byteCount: The length that is recorded next to it, in bytes; the text does not hold it.
    package init?(text: String, byteCount: Int) {
        guard text.hasPrefix(Self.prefix), byteCount >= 0 else { return nil }
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard digits.count == Self.digitCount, digits.allSatisfy(Self.digits.contains) else { return nil }
        guard let value = UInt64(String(digits) ?? "", radix: 16) else { return nil }
        self.value = value
        self.byteCount = byteCount
    }

    /// Extends the run by the bytes that follow it.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = lawa_crc64nvme(value, start.assumingMemoryBound(to: UInt8.self), bytes.count)
        byteCount += bytes.count
    }

    /// The checksum of this run followed by `other`, without another look at the bytes of either.
    package func appending(_ other: ContentChecksum) -> ContentChecksum {
        var combined = self
        combined.value = lawa_crc64nvme_combine(value, other.value, UInt64(other.byteCount))
        combined.byteCount += other.byteCount
        return combined
    }

    /// How it is recorded: "crc64nvme:" and sixteen lower-case hexadecimal digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return Self.prefix + String(repeating: "0", count: Self.digitCount - digits.count) + digits
    }

    private static let prefix = "crc64nvme:"
    private static let digitCount = 16
    private static let digits = Set("0123456789abcdef".utf8)
}
