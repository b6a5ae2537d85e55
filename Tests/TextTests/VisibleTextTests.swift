import Testing
import Text

@Suite("Names are made visible")
struct VisibleTextTests {
    @Test(
        "What is no character of its own is escaped in lines and in quotes",
        arguments: [
            "\u{0}", "\u{7}", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{AD}", "\u{61C}", "\u{180E}",
            "\u{200B}",
            "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{202E}", "\u{2060}", "\u{2066}",
            "\u{2069}",
            "\u{3164}", "\u{FE0F}", "\u{FEFF}", "\u{E0001}", "\u{E0041}",
        ] as [Unicode.Scalar]
    )
    func escaped(_ scalar: Unicode.Scalar) {
        let name = "a\(scalar)b"
        let shown = "a\\u{\(String(scalar.value, radix: 16))}b"
        #expect(name.visibleLine == shown)
        #expect(name.quoted == "\"\(shown)\"")
        #expect(name.visibleLines == (scalar == "\n" ? name : shown))
    }

    @Test(
        "Letters, figures and signs of any script stay",
        arguments: ["model.bin", "größe", "模型 α→β", "e\u{301}", "😀"]
    )
    func kept(_ name: String) {
        #expect(name.visibleLine == name)
        #expect(name.visibleLines == name)
        #expect(name.quoted == "\"\(name)\"")
    }

    @Test("A carriage return and line feed, which Swift takes for one character, are two")
    func carriageReturnAndLineFeed() {
        #expect("a\r\nb".visibleLine == "a\\u{d}\\u{a}b")
        #expect("a\r\nb".visibleLines == "a\\u{d}\nb")
    }

    @Test("Quotes within quotes are escaped, and long names are cut")
    func quotes() {
        #expect(#"a"b\c"#.quoted == #""a\"b\\c""#)
        #expect(String(repeating: "x", count: 201).quoted == "\"" + String(repeating: "x", count: 200) + "…\"")
    }
}
