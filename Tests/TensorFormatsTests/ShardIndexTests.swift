import TensorFormats
import Testing

@Suite struct ShardIndexTests {
    private func refusal(_ json: String) -> String? {
        do {
            _ = try ShardIndex(parsing: Array(json.utf8))
            return nil
        } catch {
            return error.description
        }
    }

    @Test func readsWhatTransformersWrites() throws {
        let index = try ShardIndex(parsing: Fixture.bytes("index/control.json"))
        let second = "model-00002-of-00002.safetensors"
        #expect(index.weightMap == ["a": "model-00001-of-00002.safetensors", "b": second, "c": second])
        #expect(index.files == ["model-00001-of-00002.safetensors", second])
        #expect(index.totalSize == 60)
    }

    @Test(arguments: [
        (
            "traversal",
            #"tensor "a": shard "../control/model-00001-of-00002.safetensors" is not a plain file name"#
        ),
        ("not_json", "malformed index, line 1, column 34: the string is not closed"),
    ])
    func refusesFixture(_ name: String, _ expected: String) throws {
        let bytes = try Fixture.bytes("index/\(name).json")
        let text = try #require(refusal(String(decoding: bytes, as: UTF8.self)))
        #expect(text.contains(expected), "\(text)")
    }

    @Test(arguments: ["", ".", "..", "/", "/etc/passwd", "a/b", "../a", "a/", #"a\u0000b"#, #"..\/a"#])
    func refusesNamesThatAreNotFilesBesideTheIndex(_ name: String) throws {
        let text = try #require(refusal(#"{"weight_map":{"t":"m.safetensors","u":"\#(name)"}}"#))
        #expect(text.hasPrefix(#"tensor "u": shard"#))
    }

    @Test(arguments: ["..a", "a..", "...", "a b", #"a\\b"#, ".hidden", "é.safetensors"])
    func acceptsOddButPlainNames(_ name: String) {
        #expect(refusal(#"{"weight_map":{"t":"\#(name)"}}"#) == nil)
    }

    @Test func namesTheFirstUnsafeEntry() throws {
        let entries = (0..<50).map { #""t\#($0)":"../\#($0)""# }.joined(separator: ",")
        #expect(refusal(#"{"weight_map":{\#(entries)}}"#)?.hasPrefix(#"tensor "t0": shard "../0""#) == true)
    }

    @Test(arguments: [
        (#"{"weight_map":{"a":"f","a":"g"}}"#, #"key "a" appears twice"#),
        (#"{"weight_map":{"a":"f"},"weight_map":{"a":"g"}}"#, #"key "weight_map" appears twice"#),
        (#"{"weight_map":{"a":1}}"#, #"the file of tensor "a" is 1, expected a string"#),
        (#"{"weight_map":["a"]}"#, "weight_map is an array, expected an object"),
        (#"{"weight_map":{}}"#, "index has no tensors"),
        ("{}", "index has no tensors"),
        ("[]", "the index is an array, expected an object"),
        (#"{"weight_map":{"a":"f"},"metadata":3}"#, "metadata is 3, expected an object"),
        (#"{"weight_map":{"a":"f"},"metadata":{"total_size":-1}}"#, "total_size is -1, expected a number of bytes"),
        (#"{"weight_map":{"a":"f"},"metadata":{"total_size":1e30}}"#, "total_size is 1e30, expected a number of bytes"),
        (#"{"weight_map":{"a":"f"}}}"#, "expected the end of the text"),
    ])
    func refuses(_ json: String, _ expected: String) throws {
        let text = try #require(refusal(json))
        #expect(text.contains(expected), "\(text)")
    }

    @Test(
        arguments: [
            (#"{"metadata":{"total_parameters":15,"total_size":60.0},"extra":[{}],"weight_map":{"a":"f"}}"#, 60),
            (#"{"metadata":{"total_size":60.5},"weight_map":{"a":"f"}}"#, nil),
            (#"{"metadata":null,"weight_map":{"a":"f"}}"#, nil),
            (#"{"weight_map":{"a":"f"}}"#, nil),
            (#"{"metadata":{"total_size":9223372036854775807},"weight_map":{"a":"f"}}"#, Int.max),
        ] as [(String, Int?)]
    )
    func totalSizeIsOptional(_ json: String, _ expected: Int?) throws {
        #expect(try ShardIndex(parsing: Array(json.utf8)).totalSize == expected)
    }

    @Test func sizeIsBounded() {
        let bytes = [UInt8](repeating: 0x20, count: ShardIndex.maximumByteCount + 1)
        #expect(throws: ShardIndexError.tooLarge(byteCount: bytes.count)) { try ShardIndex(parsing: bytes) }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try Fixture.bytes("index/control.json")
        for count in 0..<bytes.count {
            #expect(throws: ShardIndexError.self, "cut at \(count)") { try ShardIndex(parsing: Array(bytes[..<count])) }
        }
    }
}
