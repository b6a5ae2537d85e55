import TensorFormats
import TestSupport
import Testing

/// Whatever is done to a file, reading it gives a sound result or an error that says why, and never traps.
@Suite struct TorchRobustnessTests {
    /// Small files of both forms; the second has no checksums, so that damage to its pickle is not noticed before.
    static let files = ["good_1", "no_crc", "legacy_protocol5"]

    @Test(arguments: files)
    func everyTruncationIsRefused(_ name: String) throws {
        let file = try Fixture.bytes("torch/\(name).pt")
        for count in 0..<file.count {
            #expect(throws: TorchError.self, "cut at \(count)") {
                try TorchFile(reading: ByteArraySource(Array(file[..<count])))
            }
        }
    }

    @Test(arguments: files)
    func everyFlippedBitIsSoundOrRefused(_ name: String) throws {
        let file = try Fixture.bytes("torch/\(name).pt")
        var accepted = 0
        for position in file.indices {
            for bit in 0..<8 {
                var mutant = file
                mutant[position] ^= 1 << bit
                accepted += try readSoundly(mutant) ? 1 : 0
            }
        }
        // Payload, padding and letters of names may change; the structure may not.
        #expect((100..<7 * file.count).contains(accepted), "\(accepted)")
    }

    @Test(arguments: 0..<60)
    func everyByteOfThePickleMayBeAnything(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let name = try #require(["no_crc", "legacy_protocol5", "views_legacy"].randomElement(using: &random))
        let file = try Fixture.bytes("torch/\(name).pt")
        for _ in 0..<50 {
            var mutant = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutant[Int.random(in: 0..<min(1500, file.count), using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try readSoundly(mutant)
        }
    }

    @Test(arguments: 0..<60)
    func anyPartMayBeAnywhere(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let file = try Fixture.bytes("torch/no_crc.pt")
        for _ in 0..<50 {
            var mutant = file
            let begin = Int.random(in: 0..<file.count, using: &random)
            let end = Int.random(in: begin..<min(file.count, begin + 64), using: &random)
            let place = Int.random(in: 0..<file.count - (end - begin), using: &random)
            mutant.replaceSubrange(place..<place + (end - begin), with: file[begin..<end])
            _ = try readSoundly(mutant)
        }
    }

    @Test func nestingBeyondAnyStackIsRead() throws {
        let depth = 150_000
        let nested = [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1)
        let pickle = PickleWriter.stateDict(
            [.init(name: "w", key: "0", count: 3)],
            extra: ("deep", nested)
        )
        let builder = ArchiveBuilder(records: [
            .init("x/data.pkl", pickle), .init("x/data/0", [UInt8](repeating: 0, count: 12)),
        ])
        _ = try readSoundly(builder.build().bytes)
    }

    @Test func aQuarterMillionDigitsAreNotConverted() throws {
        let digits = [0x8B] + le(UInt32(256 << 10)) + [UInt8](repeating: 0x5A, count: 256 << 10)
        let pickle = PickleWriter.stateDict(
            [.init(name: "w", key: "0", count: 3)],
            extra: ("digits", digits)
        )
        let builder = ArchiveBuilder(records: [
            .init("x/data.pkl", pickle), .init("x/data/0", [UInt8](repeating: 0, count: 12)),
        ])
        #expect(try readSoundly(builder.build().bytes))
    }

    /// Returns whether the file is accepted; what is accepted lies within the file.
    private func readSoundly(_ bytes: [UInt8]) throws -> Bool {
        let file: TorchFile
        let model: TorchModel
        do {
            file = try TorchFile(reading: ByteArraySource(bytes))
            model = try file.model()
        } catch let error as TorchError {
            #expect(!"\(error)".contains("\n"))
            return false
        }
        for tensor in model.tensors {
            #expect(tensor.byteRange.lowerBound >= 0 && tensor.byteRange.upperBound <= bytes.count)
            let byteCount = tensor.elementCount * tensor.elementType.bitCount / 8
            #expect(tensor.strides != nil || tensor.byteRange.count == byteCount)
        }
        var end = 0
        for seal in file.seals {
            #expect(seal.range.lowerBound >= end && seal.range.upperBound <= bytes.count)
            #expect(seal.places.allSatisfy { Array(bytes[$0..<$0 + 4]) == le(seal.checksum) })
            end = seal.range.upperBound
        }
        return true
    }
}
