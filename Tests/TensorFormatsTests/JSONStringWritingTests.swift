import Testing

@testable import TensorFormats

@Suite struct JSONStringWritingTests {
    @Test(
        "strings in the fewest bytes that RFC 8259 allows",
        arguments: [
            ("", #""""#), ("é😀\u{7F}/", "\"é😀\u{7F}/\""), ("\"\\", #""\"\\""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\0\u{1}\u{B}\u{E}\u{1F}", #""\u0000\u0001\u000b\u000e\u001f""#),
        ]
    )
    func strings(text: String, expected: String) throws {
        var bytes: [UInt8] = []
        bytes.appendJSON(text)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(try JSONValue.parse(bytes) == .string(text))
    }
}
