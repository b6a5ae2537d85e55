import CKernels
import TensorFormats
import TestSupport
import Testing

extension Kernels {
    @Suite struct ZipChecksumTests {
        /// Bit by bit from the definition: .ZIP File Format Specification 6.3.10, section 4.4.7.
        private func reference(_ bytes: some Sequence<UInt8>) -> UInt32 {
            var remainder = UInt32.max
            for byte in bytes {
                // The polynomial and the remainder have their highest power first here, the bytes their lowest bit first.
                for bit in 0..<8 {
                    let isSet = remainder >> 31 != UInt32(byte >> bit & 1)
                    remainder <<= 1
                    if isSet { remainder ^= 0x04C1_1DB7 }
                }
            }
            var reflected: UInt32 = 0
            for bit in 0..<32 { reflected |= (remainder >> UInt32(bit) & 1) << UInt32(31 - bit) }
            return ~reflected
        }

        private func checksum(_ bytes: ArraySlice<UInt8>) -> ZipChecksum {
            var checksum = ZipChecksum()
            bytes.withUnsafeBytes { checksum.update($0) }
            return checksum
        }

        private func randomBytes(_ count: Int) -> [UInt8] {
            var random = SeededGenerator(seed: 61)
            return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }

        @Test(
            "published check values",
            arguments: [
                ("123456789", 0xCBF4_3926),
                ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
                ("a", 0xE8B7_BE43),
                ("", 0),
            ] as [(String, UInt32)]
        )
        func checkValues(text: String, value: UInt32) {
            #expect(checksum(Array(text.utf8)[...]).value == value)
        }

        @Test("every length up to 300 at every offset, and lengths around the blocks beyond")
        func lengths() {
            let bytes = randomBytes(2100)
            for length in Array(0...300) + [383, 384, 511, 512, 513, 767, 768, 1023, 1024, 1025, 2047, 2048] {
                for start in 0..<16 {
                    let part = bytes[start..<(start + length)]
                    let expected = reference(part)
                    Kernels.onEveryLevel { level in
                        let found = checksum(part)
                        #expect(found.value == expected, "level \(level), length \(length), offset \(start)")
                        #expect(found.byteCount == length)
                    }
                }
            }
        }

        @Test("pieces give the checksum of the whole, one after the other or put together later")
        func pieces() {
            let bytes = randomBytes(3000)
            Kernels.onEveryLevel { level in
                let whole = checksum(bytes[...])
                for cut in [0, 1, 7, 8, 63, 128, 255, 256, 257, 1500, 2744, 2999, 3000] {
                    var continued = checksum(bytes[..<cut])
                    bytes[cut...].withUnsafeBytes { continued.update($0) }
                    #expect(continued == whole, "level \(level), cut \(cut)")
                    let combined = checksum(bytes[..<cut]).appending(checksum(bytes[cut...]))
                    #expect(combined == whole, "level \(level), cut \(cut)")
                }
            }
        }

        @Test("lengths beyond memory are put together in any grouping")
        func longLengths() {
            let part = checksum(randomBytes(1000)[...])
            let doubled = (0..<49).reduce(part) { sum, _ in sum.appending(sum) }
            #expect(doubled.byteCount == 1000 << 49)
            #expect(doubled.appending(part).appending(doubled) == doubled.appending(part.appending(doubled)))
            let other = checksum([1])
            #expect(doubled.appending(other) != other.appending(doubled))
        }

        @Test("a change of any one bit shows", arguments: [0, 1, 99, 511])
        func oneBit(index: Int) {
            var bytes = randomBytes(512)
            let before = checksum(bytes[...])
            bytes[index] ^= 0x10
            #expect(checksum(bytes[...]) != before)
        }
    }
}
