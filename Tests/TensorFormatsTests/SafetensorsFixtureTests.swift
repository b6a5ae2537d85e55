import TensorFormats
import Testing

/// Files that are damaged in one way each, and their sound neighbours.
@Suite struct SafetensorsFixtureTests {
    /// File and what its refusal must say.
    static let refused: [(String, String)] = [
        ("alias", #"tensor "alias": begins at data byte 0, before tensor "a.weight" ends at 48"#),
        ("all_zero", "header length is 0: not a safetensors file, or its bytes never reached the disk"),
        ("array_root", "malformed header, line 1, column 1: the header is an array, expected an object"),
        (
            "bad_dtype",
            #"tensor "a.weight": malformed header, line 1, column 22: dtype "F31" is unknown, known are BOOL"#
        ),
        ("bad_product", #"tensor "a.weight": shape [4, 4] of F32 needs 64 bytes, data_offsets hold 48"#),
        ("deep_nesting", #"column 22: __metadata__ "k" is an array, expected a string"#),
        (
            "dim_2e64",
            #"tensor "a.weight": malformed header, line 1, column 37: shape[0] is 18446744073709551616, expected"#
        ),
        ("duplicate_key", #"malformed header, line 1, column 187: key "a.weight" appears twice in one object"#),
        ("empty", "file ends after 0 bytes, within the 8-byte header length"),
        ("end_lt_begin", #"tensor "b.bias": data_offsets [60, 48] end before they begin"#),
        ("first_not_zero", #"tensor "a.weight": begins at data byte 8, expected 0"#),
        ("float_dim", #"tensor "a.weight": malformed header, line 1, column 37: shape[0] is 4.0, expected an integer"#),
        ("hole", #"tensor "b.bias": begins at data byte 52, expected 48"#),
        ("json_cut", #"tensor "c.count": malformed header, line 1, column 163: the string is not closed"#),
        ("len_2e63", "header length 9223372036854775808 exceeds the limit of 100000000 bytes"),
        ("len_gt_file", "file ends after 276 bytes, within the header of 1000008 bytes"),
        ("meta_number", #"column 210: __metadata__ "step" is 5, expected a string"#),
        (
            "missing_shape",
            #"tensor "a.weight": malformed header, line 1, column 49: the entry has no "shape""#
        ),
        ("neg_dim", #"tensor "a.weight": malformed header, line 1, column 37: shape[0] is -4, expected an integer"#),
        ("non_utf8", "malformed header, line 1, column 3: byte 0xff is not valid UTF-8"),
        ("nul_padding", "malformed header, line 1, column 187: expected the end of the text, found byte 0x00"),
        (
            "offset_gt_file",
            #"tensor "c.count": shape [2] of I64 needs 16 bytes, data_offsets hold 1125899906842564"#
        ),
        (
            "offset_string",
            #"tensor "a.weight": malformed header, line 1, column 58: data_offsets[0] is the string "0""#
        ),
        ("overflow_product", #"tensor "a.weight": shape [4611686018427387904, 8] of F32 has more than"#),
        ("overlap", #"tensor "b.bias": begins at data byte 36, before tensor "a.weight" ends at 48"#),
        (
            "three_offsets",
            #"tensor "a.weight": malformed header, line 1, column 62: data_offsets must hold two numbers"#
        ),
        ("too_short", "file ends after 3 bytes, within the 8-byte header length"),
        ("trailing", "tensors end at data byte 76, the file goes on to data byte 77"),
        ("truncated", #"tensor "c.count": ends at data byte 76, the file is cut short after 75 data bytes"#),
        ("two_values", "malformed header, line 1, column 187: expected the end of the text, found '{'"),
        ("zero_length_header", "header length is 0"),
    ]

    @Test(arguments: refused)
    func refusesWithTensorNumbersAndLimit(_ name: String, _ expected: String) throws {
        let text = try #require(refusal(of: Fixture.bytes("safetensors/\(name).safetensors")))
        #expect(text.contains(expected), "\(text)")
        #expect(text.first?.isLowercase == true)
    }

    @Test(arguments: ["good_1", "good_2", "ok_null_meta", "ok_unknown_field", "ok_unpadded", "zero_payload"])
    func accepts(_ name: String) throws {
        let file = try Fixture.bytes("safetensors/\(name).safetensors")
        let header = try readHeader(of: file)
        let start = header.headerByteCount
        #expect(
            header.tensors == [
                TensorInfo(name: "a.weight", elementType: .f32, shape: [4, 3], byteRange: start..<start + 48),
                TensorInfo(name: "b.bias", elementType: .bf16, shape: [6], byteRange: start + 48..<start + 60),
                TensorInfo(name: "c.count", elementType: .i64, shape: [2], byteRange: start + 60..<start + 76),
            ]
        )
        #expect(header.metadata.isEmpty)
        #expect(header.fileByteCount == file.count)
        expectSound(header)
    }

    @Test func acceptsAFileWithoutTensors() throws {
        let header = try readHeader(of: Fixture.bytes("safetensors/ok_empty.safetensors"))
        #expect(header.tensors.isEmpty)
        #expect(header.headerByteCount == 16)
    }
}
