import TensorFormats
import Testing

@Suite struct WeightFormatTests {
    static let known: [(String, [UInt8], WeightFormat)] = [
        ("safetensors", le(UInt64(0x80)) + Array("{\"a\"".utf8), .safetensors),
        ("a length that begins like a pickle", le(UInt64(0x0280)) + Array("{\"__metadata__\"".utf8), .safetensors),
        ("a length that begins like MessagePack", le(UInt64(0xA781)) + Array("{\"__metadata__\"".utf8), .safetensors),
        ("a length that begins like gzip", le(UInt64(0x8B1F)) + Array(" {".utf8), .safetensors),
        ("no bytes", [], .safetensors),
        ("zeros", [UInt8](repeating: 0, count: 512), .safetensors),
        ("text", Array("version https://git-lfs.github.com/spec/v1".utf8), .safetensors),
        ("zip", Array("PK\u{3}\u{4}".utf8) + [0, 0, 8, 8], .torchZip),
        ("zip without records", Array("PK\u{5}\u{6}".utf8), .torchZip),
        ("legacy", [0x80, 2] + legacyNumber, .torchLegacy),
        ("legacy, protocol 3", [0x80, 3] + legacyNumber, .torchLegacy),
        ("legacy, protocol 4", [0x80, 4, 0x95] + le(UInt64(13)) + legacyNumber, .torchLegacy),
    ]

    static let legacyNumber: [UInt8] = [
        0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    static let foreign: [(ForeignFormat, [UInt8])] = [
        (.tar, Array("sys_info".utf8) + [UInt8](repeating: 0, count: 249) + Array("ustar  ".utf8)),
        (.hdf5, [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]),
        (.pickle, [0x80, 0x04, 0x95, 0, 0, 0]),
        (.pickle, [0x80, 0x02] + Array("}q".utf8)),
        (.messagePack, [0x81] + [0xA6] + Array("params".utf8)),
        (.messagePack, [0xDE, 0, 20, 0xD9, 40]),
        (.messagePack, [0xDF, 0, 1, 0, 0, 0xA1, 0x30]),
        (.torchPreview, Array("PYTORCH1".utf8)),
        (.gguf, Array("GGUF".utf8) + [3, 0, 0, 0]),
        (.numpy, [0x93] + Array("NUMPY".utf8) + [1, 0]),
        (.compressed, [0x1F, 0x8B, 8, 0]),
    ]

    @Test(arguments: known)
    func tellsTheFormat(_ name: String, _ prefix: [UInt8], _ expected: WeightFormat) throws {
        #expect(try WeightFormat.sniff(prefix) == expected, "\(name)")
    }

    @Test(arguments: foreign)
    func refusesWhatIsNotReadByName(_ format: ForeignFormat, _ prefix: [UInt8]) {
        #expect(throws: format) { try WeightFormat.sniff(prefix) }
        #expect(format.description.contains(":"), "no remedy in \(format)")
    }

    @Test func everyPrefixOfEverythingIsLookedAtWithoutATrap() {
        for bytes in Self.known.map(\.1) + Self.foreign.map(\.1) {
            for count in 0...bytes.count { _ = try? WeightFormat.sniff(Array(bytes[..<count])) }
        }
    }
}
