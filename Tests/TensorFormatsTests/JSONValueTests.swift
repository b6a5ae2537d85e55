import TensorFormats
import Testing

@Suite struct JSONValueTests {
    static let valid: [(String, JSONValue)] = [
        ("null", .null), (" true ", .bool(true)), ("\t\r\nfalse\n", .bool(false)),
        ("0", .integer(0)), ("-0", .number(-0.0)), ("12", .integer(12)), ("-7", .integer(-7)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(0x1p63)), ("-9223372036854775809", .number(-0x1p63)),
        ("18446744073709551615", .number(0x1p64)),
        ("1000000000000000019884624838656", .number(1e30)),
        ("1.0", .number(1)), ("0.1", .number(0.1)), ("-2.5e-3", .number(-0.0025)), ("1E+2", .number(100)),
        ("0e0", .number(0)), ("1e-400", .number(0)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
        (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u0041\u00e9\u20AC\u0000""#, .string("Aé€\0")), (#""\ud83d\ude00x""#, .string("😀x")),
        (#""\uDBFF\uDFFF\uD800\uDC00""#, .string("\u{10FFFF}\u{10000}")),
        ("\"é€😀\u{7F}\"", .string("é€😀\u{7F}")),
        ("[]", .array([])), ("[ 1 , [ ] , {} ]", .array([.integer(1), .array([]), .object([])])),
        ("{}", .object([])),
        (
            #"{"b":1,"a":{"":null}}"#,
            .object([
                JSONMember(key: "b", value: .integer(1)),
                JSONMember(key: "a", value: .object([JSONMember(key: "", value: .null)])),
            ])
        ),
        // Keys may repeat in different objects.
        (
            #"[{"k":1},{"k":1}]"#,
            .array([
                .object([JSONMember(key: "k", value: .integer(1))]),
                .object([JSONMember(key: "k", value: .integer(1))]),
            ])
        ),
    ]

    @Test(arguments: valid)
    func reads(_ json: String, _ expected: JSONValue) throws {
        let value = try JSONValue.parse(Array(json.utf8))
        #expect(value == expected)
        if case .number(let read) = value, case .number(let wanted) = expected { #expect(read.sign == wanted.sign) }
    }

    @Test func accessorsAnswerOnlyForTheirOwnKind() throws {
        let value = try JSONValue.parse(Array(#"{"i":3,"d":2.5,"s":"x","b":true,"a":[1],"n":null}"#.utf8))
        #expect(value["i"]?.integerValue == 3 && value["i"]?.doubleValue == 3 && value["i"]?.stringValue == nil)
        #expect(value["d"]?.doubleValue == 2.5 && value["d"]?.integerValue == nil)
        #expect(value["s"]?.stringValue == "x" && value["s"]?.doubleValue == nil && value["s"]?["i"] == nil)
        #expect(value["b"]?.boolValue == true && value["b"]?.integerValue == nil)
        #expect(value["a"]?.arrayValue == [.integer(1)] && value["a"]?.members == nil)
        #expect(value["n"] == .null && value["n"]?.boolValue == nil && value["missing"] == nil)
        #expect(value.members?.map(\.key) == ["i", "d", "s", "b", "a", "n"] && value.arrayValue == nil)
    }

    @Test func nonFiniteNumbersAreReadOnlyOnRequest() throws {
        let json = Array(#"{"loss":NaN,"max":Infinity,"min":-Infinity,"lr":1e-5}"#.utf8)
        let value = try JSONValue.parse(json, options: JSONOptions(allowsNonFinite: true))
        #expect(value["loss"]?.doubleValue?.isNaN == true)
        #expect(value["max"]?.doubleValue == .infinity)
        #expect(value["min"]?.doubleValue == -.infinity)
        let error = try #require(throws: JSONSyntaxError.self) { try JSONValue.parse(json) }
        #expect(error == JSONSyntaxError(line: 1, column: 9, problem: "NaN is not a JSON number"))
    }

    @Test(arguments: ["nan", "-NaN", "inf", "+Infinity", "Infinit", "-Inf", "NaNs", "-", "1e400", "--Infinity"])
    func nonFiniteSpellingsAreExact(_ json: String) {
        #expect(throws: JSONSyntaxError.self) {
            try JSONValue.parse(Array(json.utf8), options: JSONOptions(allowsNonFinite: true))
        }
    }
}
