import TensorFormats
import Testing

@Suite struct JSONSyntaxTests {
    /// Text, line, column and a part of the problem.
    static let invalid: [(String, Int, Int, String)] = [
        ("", 1, 1, "expected a value, found the end of the text"),
        ("  \n ", 2, 2, "expected a value, found the end of the text"),
        ("nul", 1, 1, "expected a value, found 'n'"), ("True", 1, 1, "found 'T'"), ("nulls", 1, 5, "found 's'"),
        ("1 2", 1, 3, "expected the end of the text, found '2'"), ("\0", 1, 1, "found byte 0x00"),
        ("01", 1, 2, "expected the end of the text, found '1'"), ("-", 1, 2, "expected a digit"),
        ("+1", 1, 1, "found '+'"), (".5", 1, 1, "found '.'"), ("1.", 1, 3, "expected a digit"),
        ("1.e3", 1, 3, "expected a digit, found 'e'"), ("1e", 1, 3, "expected a digit"),
        ("1e+", 1, 4, "expected a digit"), ("-a", 1, 2, "expected a digit, found 'a'"), ("0x1", 1, 2, "found 'x'"),
        ("1_000", 1, 2, "found '_'"), ("1e400", 1, 1, "number 1e400 does not fit a 64-bit float"),
        ("-1e400", 1, 1, "number -1e400 does not fit"), ("NaN", 1, 1, "NaN is not a JSON number"),
        ("[Infinity]", 1, 2, "Infinity is not a JSON number"), ("-Infinity", 1, 1, "-Infinity is not a JSON number"),
        ("[1,]", 1, 4, "expected a value, found ']'"), ("[,1]", 1, 2, "expected a value, found ','"),
        ("[1 2]", 1, 4, #"expected "," or "]", found '2'"#), ("[1}", 1, 3, #"expected "," or "]", found '}'"#),
        ("[", 1, 2, "expected a value, found the end"), ("[1", 1, 3, "found the end of the text"),
        ("]", 1, 1, "expected a value, found ']'"), ("{", 1, 2, "expected a key in quotes"),
        ("{,}", 1, 2, "expected a key in quotes, found ','"), ("{1:2}", 1, 2, "expected a key in quotes, found '1'"),
        (#"{"a"}"#, 1, 5, #"expected ":" after key "a", found '}'"#), (#"{"a":}"#, 1, 6, "expected a value"),
        (#"{"a":1,}"#, 1, 8, "expected a key in quotes, found '}'"),
        (#"{"a":1 "b":2}"#, 1, 8, #"expected "," or "}", found '"'"#), (#"{"a":1]"#, 1, 7, #"expected "," or "}""#),
        (#"{"a":1,"a":2}"#, 1, 8, #"key "a" appears twice in one object"#),
        ("{\"a\":1,\n \"b\":2,\n  \"\\u0061\":3}", 3, 3, #"key "a" appears twice"#),
        (#"[{"x":{"k":1,"j":[],"k":2}}]"#, 1, 21, #"key "k" appears twice"#),
        ("\"abc", 1, 1, "the string is not closed"), (#""\"#, 1, 2, "expected an escape"),
        (#""\x""#, 1, 2, #"expected an escape after "\", found 'x'"#),
        ("\"a\nb\"", 1, 3, "control character 0x0a in a string must be escaped"),
        ("\"é\u{1F}\"", 1, 3, "control character 0x1f"), (#""\u12"#, 1, 6, "expected four hexadecimal digits"),
        (#""\u12G4""#, 1, 6, "found 'G'"), (#""\ud800""#, 1, 2, #"\ud800 is half of a surrogate pair"#),
        (#""\udc00\ud800""#, 1, 2, #"\udc00 is half"#), (#""\ud800\u0041""#, 1, 2, #"\ud800 is half"#),
        (#""x\ud800\n""#, 1, 3, #"\ud800 is half"#), (#""\ud800\ud800\udc00""#, 1, 2, #"\ud800 is half"#),
        ("'a'", 1, 1, "found '''"), ("// x\n1", 1, 1, "found '/'"), ("[\"é😀\", x]", 1, 8, "found 'x'"),
        ("\u{FEFF}1", 1, 1, "found byte 0xef"), ("1\u{A0}", 1, 2, "found byte 0xc2"),
        ("{\r\n\"a\": tru\r\n}", 2, 6, "found 't'"),
    ]

    @Test(arguments: invalid)
    func refusesAtThePlace(_ json: String, _ line: Int, _ column: Int, _ problem: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONValue.parse(Array(json.utf8)) }
        #expect(error.line == line && error.column == column, "\(error)")
        #expect(error.problem.contains(problem), "\(error)")
    }

    @Test(
        arguments: [
            ([0xFF], 1), ([0x22, 0xC3, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 2),
            ([0x22, 0xC3, 0xA9, 0xF5, 0x22], 3), ([0x31, 0x20, 0xE2, 0x82], 3),
        ] as [([UInt8], Int)]
    )
    func refusesBytesThatAreNotUTF8(_ bytes: [UInt8], _ column: Int) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONValue.parse(bytes) }
        #expect(error.problem.contains("is not valid UTF-8") && error.column == column, "\(error)")
    }

    @Test(arguments: [("[", "]"), (#"{"k":"#, "}")])
    func depthIsLimited(_ open: String, _ close: String) throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        _ = try JSONValue.parse(nested(64))
        _ = try JSONValue.parse(nested(512), options: JSONOptions(maximumDepth: .max))
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(nested(65)) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(nested(4), options: JSONOptions(maximumDepth: 3)) }
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONValue.parse(nested(300_000), options: JSONOptions(maximumDepth: .max))
        }
        #expect(error.problem == "arrays and objects are nested deeper than 512 levels")
    }

    @Test func depthCountsOpenContainersOnly() throws {
        let siblings = "[" + [String](repeating: "[[]]", count: 200).joined(separator: ",") + "]"
        #expect(try JSONValue.parse(Array(siblings.utf8)).arrayValue?.count == 200)
    }

    @Test(arguments: [2, 7, 8, 9, 10, 500])
    func duplicatesAreFoundInObjectsOfAnySize(_ count: Int) throws {
        for repeated in [0, count / 2, count - 1] {
            let members = (0..<count).map { #""key \#($0)":0"# }
            let distinct = "{" + members.joined(separator: ",") + "}"
            #expect(try JSONValue.parse(Array(distinct.utf8)).members?.count == count)
            let json = "{" + (members + [members[repeated]]).joined(separator: ",") + "}"
            let error = try #require(throws: JSONSyntaxError.self) { try JSONValue.parse(Array(json.utf8)) }
            #expect(error.problem == #"key "key \#(repeated)" appears twice in one object"#)
        }
    }

    @Test func closingALargeObjectForgetsItsKeys() throws {
        let object = "{" + (0..<50).map { #""\#($0)":{"0":1}"# }.joined(separator: ",") + "}"
        #expect(try JSONValue.parse(Array("[\(object),\(object)]".utf8)).arrayValue?.count == 2)
    }

    @Test func longNumbersAreBounded() throws {
        let zeros = String(repeating: "0", count: 1021)
        #expect(try JSONValue.parse(Array("0.\(zeros)1".utf8)).doubleValue == 0)
        let error = try #require(throws: JSONSyntaxError.self) { try JSONValue.parse(Array("0.\(zeros)11".utf8)) }
        #expect(error.problem == "a number of 1025 characters is longer than the limit of 1024")
    }
}
