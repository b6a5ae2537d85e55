import TensorFormats
import TestSupport
import Testing

@Suite struct JSONTokenizerTests {
    private func tokens(_ json: String) throws -> [JSONToken] {
        try Array(json.utf8).withUnsafeBytes { bytes in
            var tokenizer = try JSONTokenizer(bytes)
            var tokens: [JSONToken] = []
            repeat { tokens.append(try tokenizer.next()) } while tokens.last != .end
            #expect(try tokenizer.next() == .end)
            return tokens
        }
    }

    @Test func tokensFollowTheText() throws {
        #expect(
            try tokens(#"{"a":[1,-2.5,"x",null],"b":{},"c":true}"#) == [
                .beginObject, .key("a"), .beginArray, .integer(1), .number(-2.5), .string("x"), .null, .endArray,
                .key("b"), .beginObject, .endObject, .key("c"), .bool(true), .endObject, .end,
            ]
        )
    }

    @Test(arguments: ["1", #""x""#, "null", "[]", "{}", "[[1],{\"y\":[2]}]", #"{"a":{"b":[]},"c":0}"#])
    func skippingStopsRightBehindTheValue(_ value: String) throws {
        try Array(#"{"skipped":\#(value),"next":7}"#.utf8).withUnsafeBytes { bytes in
            var tokenizer = try JSONTokenizer(bytes)
            try tokenizer.beginObject("the text")
            #expect(try tokenizer.nextKey() == "skipped")
            try tokenizer.skipValue()
            #expect(try tokenizer.nextKey() == "next")
            #expect(try tokenizer.next() == .integer(7))
            #expect(try tokenizer.nextKey() == nil)
        }
    }

    @Test func skippedValuesAreCheckedToo() throws {
        try Array(#"{"skipped":[1,{"a":1,"a":2}]}"#.utf8).withUnsafeBytes { bytes in
            var tokenizer = try JSONTokenizer(bytes)
            try tokenizer.beginObject("the text")
            _ = try tokenizer.nextKey()
            #expect(throws: JSONSyntaxError(line: 1, column: 22, problem: #"key "a" appears twice in one object"#)) {
                try tokenizer.skipValue()
            }
        }
    }

    @Test func anErrorDoesNotMakeLaterCallsTrap() throws {
        for json in ["[1,]]]", "{\"a\"1}}}", "\"\\x\"", "[[[", "-", "}", "{\"a\":1,\"a\":2}}}}"] {
            try Array(json.utf8).withUnsafeBytes { bytes in
                var tokenizer = try JSONTokenizer(bytes)
                var failures = 0
                for _ in 0..<50 { do { _ = try tokenizer.next() } catch { failures += 1 } }
                #expect(failures > 0, "\(json)")
            }
        }
    }

    @Test(arguments: 0..<300)
    func everyTruncationOfARandomTextIsRefused(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let json = Array("[\(randomValue(depth: 4, using: &random))]".utf8)
        _ = try JSONValue.parse(json)
        for count in 0..<json.count {
            #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(Array(json[..<count])) }
        }
    }

    private func randomValue(depth: Int, using random: inout SeededGenerator) -> String {
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: "null"
        case 1: "\(Bool.random(using: &random))"
        case 2: "\(Int.random(in: .min ... .max, using: &random))"
        case 3: "\(Double.random(in: -1e9...1e9, using: &random))"
        case 4: #""\ud83d\ude00 é\\""#
        case 5: #""\#(UInt8.random(in: 0...255, using: &random))""#
        case 6: "[" + (0..<2).map { _ in randomValue(depth: depth - 1, using: &random) }.joined(separator: " , ") + "]"
        default: "{\"x\":\(randomValue(depth: depth - 1, using: &random)),\n\"y\" :[]}"
        }
    }
}
