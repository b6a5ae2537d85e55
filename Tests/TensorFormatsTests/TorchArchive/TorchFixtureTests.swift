import TensorFormats
import Testing

/// Files of which one thing is wrong each, their sound neighbours, and files that torch 2.15 wrote.
@Suite struct TorchFixtureTests {
    /// File and what its refusal must say.
    static let refused: [(String, String)] = [
        ("deflated", "record \"archive/data.pkl\" is compressed (method 8)"),
        ("empty", "begins neither like a zip archive nor"),
        ("empty_zip", "zip archive has no records"),
        ("encrypted_flag", "is encrypted"),
        ("entry_offset", "record \"archive/data/0\" has 48 bytes from byte"),
        ("entry_size", "record \"archive/data/0\" has 4294967280 bytes from byte 790 on, which do not end before"),
        ("key_traversal", "storage key \"../../data.pkl\" is not a plain name"),
        ("legacy_count", "has 2305843009213693952 elements, its tensors need 12"),
        ("legacy_magic_only", "version at byte 15: "),
        ("legacy_trailing", "last storage ends at byte 683, the file goes on to byte 685"),
        ("legacy_truncated", "file ends at byte 674, within storage"),
        ("long4_huge", "record \"archive/data.pkl\": "),
        ("long_storage", "storage \"0\" has 112 bytes, its tensors need 48 bytes"),
        ("memo_missing", "record \"archive/data.pkl\": "),
        ("missing_storage", "storage \"1\" is missing"),
        ("no_eocd", "zip archive of 2123 bytes has no end record"),
        ("no_pkl", "none of its 8 records is \"<name>/data.pkl\""),
        ("no_stop", "record \"archive/data.pkl\": "),
        ("numel_huge", "storage \"0\" has 48 bytes, its tensors need 4000000000000 bytes"),
        ("offset_huge", "record \"archive/data.pkl\": "),
        ("rank_mismatch", "record \"archive/data.pkl\": "),
        ("short_storage", "storage \"0\" has 24 bytes, its tensors need 48 bytes"),
        ("size_gt_storage", "record \"archive/data.pkl\": "),
        ("size_product_overflow", "record \"archive/data.pkl\": "),
        ("stack_underflow", "record \"archive/data.pkl\": "),
        ("stride_negative", "record \"archive/data.pkl\": "),
        ("tar", "begins neither like a zip archive nor"),
        ("torchscript", "TorchScript archive (it has record \"net/constants.pkl\")"),
        ("truncated", "zip archive of 1287 bytes has no end record"),
        ("unicode8_huge", "record \"archive/data.pkl\": "),
        ("zeros", "begins neither like a zip archive nor"),
        ("zip64_count", "zip directory claims 1152921504606846976 entries, its 583 bytes hold at most 12"),
        ("zip64_locator", "zip64 end record is said to begin at byte"),
    ]

    @Test(arguments: refused)
    func refusesWithPlaceAndNumbers(_ name: String, _ expected: String) throws {
        let source = ByteArraySource(try Fixture.bytes("torch/\(name).pt"))
        let error = #expect(throws: TorchError.self) { try TorchFile(reading: source).model() }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("\n"))
    }

    /// The file is read, but no model is found in it.
    @Test(arguments: ["binput_2e32", "reduce_root"])
    func findsNoModel(_ name: String) throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/\(name).pt")))
        #expect(throws: TorchError.self) { try file.model() }
    }

    /// Files with one model, whatever else is in them.
    static let accepted: [String] = [
        "good_1", "good_2", "bad_crc", "build_setstate", "cycle", "eval_builtin", "memo_bomb", "reduce_extra",
    ]

    @Test(arguments: accepted)
    func accepts(_ name: String) throws {
        let bytes = try Fixture.bytes("torch/\(name).pt")
        let file = try TorchFile(reading: ByteArraySource(bytes))
        let model = try file.model()
        #expect(model.paths == [["model"]])
        #expect(model.tensors.map(\.name) == ["w", "h", "n"])
        #expect(model.tensors.map(\.elementType) == [.f32, .f16, .i64])
        #expect(model.tensors.map(\.shape) == [[4, 3], [6], []])
        #expect(model.tensors.map(\.byteRange.count) == [48, 12, 8])
        #expect(model.tensors.allSatisfy { $0.strides == nil && !$0.isOpaque })
        #expect(file.storageByteCount == 68)
        let damaged = file.seals.filter { seal in
            ArchiveBuilder.Record.slowChecksum(of: Array(bytes[seal.range])) != seal.checksum
        }
        #expect(damaged.isEmpty == (name != "bad_crc"))
        for seal in file.seals {
            #expect(seal.places.allSatisfy { Array(bytes[$0..<$0 + 4]) == le(seal.checksum) })
        }
    }

    /// Two types of one storage are left to whoever averages: both tensors have the same bytes.
    @Test func aStorageOfTwoTypesIsCountedOnce() throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/dtype_clash.pt")))
        let tensors = try file.model().tensors
        #expect(tensors.map(\.elementType) == [.f32, .f16])
        #expect(tensors[0].byteRange.overlaps(tensors[1].byteRange))
        #expect(file.storageByteCount == 48)
    }
}
