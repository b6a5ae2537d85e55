import Averaging
import CKernels
import TestSupport
import Testing

extension Kernels {
    @Suite struct ContentChecksumTests {
        /// Bit by bit from the definition: NVM Express NVM Command Set Specification 1.0, section 5.2.1.3.4.
        private func reference(_ bytes: some Sequence<UInt8>) -> UInt64 {
            var remainder = UInt64.max
            for byte in bytes {
                // The polynomial and the remainder have their highest power first here, the bytes their lowest bit first.
                for bit in 0..<8 {
                    let isSet = remainder >> 63 != UInt64(byte >> bit & 1)
                    remainder <<= 1
                    if isSet { remainder ^= 0xAD93_D235_94C9_3659 }
                }
            }
            var reflected: UInt64 = 0
            for bit in 0..<64 { reflected |= (remainder >> UInt64(bit) & 1) << UInt64(63 - bit) }
            return ~reflected
        }

        private func checksum(_ bytes: ArraySlice<UInt8>) -> ContentChecksum {
            var checksum = ContentChecksum()
            bytes.withUnsafeBytes { checksum.update($0) }
            return checksum
        }

        private func randomBytes(_ count: Int) -> [UInt8] {
            var random = SeededGenerator(seed: 41)
            return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }

        @Test(
            "published check values",
            arguments: [
                ("123456789", 0xAE8B_1486_0A79_9888),
                ("", 0),
            ] as [(String, UInt64)]
        )
        func checkValues(text: String, value: UInt64) {
            #expect(checksum(Array(text.utf8)[...]).value == value)
        }

        @Test("4096 zeros and 4096 ones, the specification's test cases")
        func blocks() {
            Kernels.onEveryLevel { level in
                #expect(
                    checksum(Array(repeating: 0, count: 4096)[...]).value == 0x6482_D367_EB22_B64E,
                    "level \(level)"
                )
                #expect(
                    checksum(Array(repeating: 0xFF, count: 4096)[...]).value == 0xC0DD_BA73_02EC_A3AC,
                    "level \(level)"
                )
            }
        }

        @Test("every length up to 2000, at every alignment")
        func lengths() {
            let bytes = randomBytes(2008)
            for length in 0...2000 {
                let start = length % 8
                let expected = reference(bytes[start..<(start + length)])
                Kernels.onEveryLevel { level in
                    let found = checksum(bytes[start..<(start + length)])
                    #expect(found.value == expected, "level \(level), length \(length), offset \(start)")
                    #expect(found.byteCount == length)
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
            let doubled = (0..<50).reduce(part) { sum, _ in sum.appending(sum) }
            let regrouped = (0..<49).reduce(part) { sum, _ in sum.appending(sum) }
            #expect(doubled.byteCount == 1000 << 50)
            #expect(regrouped.appending(part).appending(regrouped) == regrouped.appending(part.appending(regrouped)))
            let other = checksum([1])
            #expect(regrouped.appending(other) != other.appending(regrouped))
        }

        @Test("a change of any one bit shows", arguments: [0, 1, 99, 511])
        func oneBit(index: Int) {
            var bytes = randomBytes(512)
            let before = checksum(bytes[...])
            bytes[index] ^= 0x10
            #expect(checksum(bytes[...]) != before)
        }

        @Test("the text form reads back")
        func text() throws {
            let checksum = checksum(Array("123456789".utf8)[...])
            #expect(checksum.text == "crc64nvme:ae8b14860a799888")
            #expect(ContentChecksum().text == "crc64nvme:0000000000000000")
            let parsed = try #require(ContentChecksum(text: checksum.text, byteCount: 9))
            #expect(parsed == checksum)
        }

        @Test(
            "what is not the text form is refused",
            arguments: [
                "", "crc64nvme:", "crc64nvme:ae8b14860a79988", "crc64nvme:ae8b14860a7998880",
                "crc64nvme:AE8B14860A799888",
                "crc64nvme:+e8b14860a799888", "crc64nvme:ge8b14860a799888", "crc32:ae8b14860a799888",
                "ae8b14860a799888",
                " crc64nvme:ae8b14860a799888", "crc64nvme:ae8b14860a79988é",
            ]
        )
        func refusedText(text: String) {
            #expect(ContentChecksum(text: text, byteCount: 9) == nil)
        }
    }
}
