import TensorFormats
import Testing

/// Rules of the format that need no file of their own.
@Suite struct SafetensorsRulesTests {
    /// Header, bytes of data, and what the refusal must say.
    static let refused: [(String, Int, String)] = [
        (#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, #"key "dtype" appears twice"#),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1,"x":1}}"#, 1, #"tensor "a": malformed"#),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":{"y":1,"y":1}}}"#, 1, #"key "y" appears twice"#),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, #"key "k" appears twice"#),
        (#"{"__metadata__":null,"__metadata__":{}}"#, 0, #"key "__metadata__" appears twice"#),
        (#"{"__metadata__":[]}"#, 0, "__metadata__ is an array, expected an object of strings, or null"),
        (#"{"__metadata__":{"k":null}}"#, 0, #"__metadata__ "k" is null, expected a string"#),
        (#"{"a":null}"#, 0, #"tensor "a": malformed header, line 1, column 6: the entry is null, expected an object"#),
        (#"{"a":{}}"#, 0, #"the entry has no "dtype""#),
        (#"{"a":{"dtype":"U8","shape":[1]}}"#, 1, #"the entry has no "data_offsets""#),
        (#"{"a":{"dtype":3,"shape":[1],"data_offsets":[0,1]}}"#, 1, "dtype is 3, expected a string"),
        (#"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#, 4, #"dtype "f32" is unknown"#),
        (#"{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}"#, 1, "shape is 1, expected an array"),
        (#"{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}"#, 1, "shape[0] is an array, expected an integer"),
        (#"{"a":{"dtype":"U8","shape":[1,-0],"data_offsets":[0,0]}}"#, 0, "shape[1] is -0, expected an integer"),
        (#"{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}"#, 1, "shape[0] is 1e0, expected an integer"),
        (#"{"a":{"dtype":"U8","shape":[true],"data_offsets":[0,1]}}"#, 1, "shape[0] is true, expected an integer"),
        (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[0]}}"#, 1, "data_offsets must hold two numbers"),
        (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[]}}"#, 1, "data_offsets must hold two numbers"),
        (#"{"a":{"dtype":"U8","shape":[],"data_offsets":{}}}"#, 1, "data_offsets is an object, expected an array"),
        (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, 2, "12 bits of F4 do not fill whole bytes"),
        (#"{"a":{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,2]}}"#, 2, "12 bits of F6_E2M3 do not fill"),
        (
            #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,1]}}"#, 1,
            "shape [9223372036854775807] of U8 has more than 9223372036854775807 bits"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}"#, 0,
            "shape [4611686018427387904, 4, 0] of U8 has more than"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#, 1,
            "ends at data byte 9223372036854775807, the file is cut short after 1 data bytes"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
                + #""z":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#,
            4, #"tensor "z": begins at data byte 2, before tensor "a" ends at 4"#
        ),
        ("{}", 1, "tensors end at data byte 0, the file goes on to data byte 1"),
        ("", 0, "header length is 0"),
        ("      ", 0, "expected a value, found the end of the text"),
        ("{} x", 0, "expected the end of the text, found 'x'"),
        ("\u{FEFF}{}", 0, "expected a value, found byte 0xef"),
    ]

    @Test(arguments: refused)
    func refuses(_ json: String, _ dataByteCount: Int, _ expected: String) throws {
        let text = try #require(refusal(of: file(json: json, dataByteCount: dataByteCount)))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func leadingWhitespaceAndLineBreaksAreAccepted() throws {
        let json = " \t\r\n{ \"a\" : {\n\"shape\": [ ] , \"data_offsets\" : [ 0 , 4 ], \"dtype\": \"F32\" } }\n\n"
        let header = try readHeader(of: file(json: json, dataByteCount: 4))
        #expect(header.tensors.map(\.name) == ["a"])
        #expect(header.tensors.first?.shape == [])
    }

    @Test func tensorsComeInTheOrderOfTheFileEmptyOnesFirst() throws {
        let json = """
            {"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"y":{"dtype":"U8","shape":[0],"data_offsets":[3,3]},
            "x":{"dtype":"U8","shape":[0,7],"data_offsets":[3,3]},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}
            """
        let header = try readHeader(of: file(json: json, dataByteCount: 5))
        #expect(header.tensors.map(\.name) == ["a", "y", "x", "b"])
        expectSound(header)
    }

    @Test func metadataKeepsItsOrder() throws {
        let header = try readHeader(of: file(json: #"{"__metadata__":{"z":"1","format":"pt","a":"\u00e9"}}"#))
        #expect(header.metadata.map(\.key) == ["z", "format", "a"])
        #expect(header.metadata.map(\.value) == ["1", "pt", "é"])
    }

    @Test func rankIsBounded() {
        func json(rank: Int) -> String {
            let shape = [String](repeating: "1", count: rank).joined(separator: ",")
            return #"{"a":{"dtype":"U8","shape":[\#(shape)],"data_offsets":[0,1]}}"#
        }
        #expect(refusal(of: file(json: json(rank: 64), dataByteCount: 1)) == nil)
        #expect(refusal(of: file(json: json(rank: 65), dataByteCount: 1))?.contains("more than 64 dimensions") == true)
    }

    @Test func namesThatOnlySwiftTakesForEqualAreRefused() {
        let json =
            #"{"\u00e9":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
            + #""e\u0301":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
        #expect(refusal(of: file(json: json))?.contains("appears twice") == true)
    }

    @Test func aHostileNameCannotForgeALogLine() throws {
        let name = #"a\n\u001b[31mERROR\u202e\""# + String(repeating: "x", count: 5000)
        let text = try #require(refusal(of: file(json: #"{"\#(name)":1}"#)))
        #expect(text.hasPrefix(#"tensor "a\u{a}\u{1b}[31mERROR\u{202e}\"xxx"#))
        #expect(text.count < 400)
    }
}
