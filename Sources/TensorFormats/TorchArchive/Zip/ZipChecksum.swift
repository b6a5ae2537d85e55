internal import CKernels

/// The CRC-32 of a run of bytes, together with the length that is needed to put runs together.
///
/// It is the checksum that every record of a zip archive has. Algorithm: .ZIP File Format Specification 6.3.10, section
/// 4.4.7.
package struct ZipChecksum: Sendable, Equatable {
    /// The checksum, 0 for no bytes.
    package private(set) var value: UInt32
    /// How many bytes it covers.
    package private(set) var byteCount: Int

    /// The checksum of no bytes.
    package init() {
        value = 0
        byteCount = 0
    }

    /// The checksum of all of an array.
    init(of bytes: [UInt8]) {
        self.init()
        bytes.withUnsafeBytes { update($0) }
    }

    /// Extends the run by the bytes that follow it.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = lawa_crc32(value, start.assumingMemoryBound(to: UInt8.self), bytes.count)
        byteCount += bytes.count
    }

    /// The checksum of this run followed by `other`, without another look at the bytes of either.
    package func appending(_ other: ZipChecksum) -> ZipChecksum {
        var combined = self
        combined.value = lawa_crc32_combine(value, other.value, UInt64(other.byteCount))
        combined.byteCount += other.byteCount
        return combined
    }
}
