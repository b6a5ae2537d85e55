import SystemPackage
import TensorFormats
import Testing

@testable import lawa

@Suite struct SetupTextTests {
    @Test(arguments: [
        ("vit", true), ("a:b_c.d-e", true), ("_x", true), ("9", true), (String(repeating: "a", count: 100), true),
        ("", false), ("-x", false), (".x", false), ("..", false), ("a b", false), ("a/b", false), ("a@b", false),
        ("a\\x2d", false), ("é", false), ("a%i", false), ("a\n", false), (String(repeating: "a", count: 101), false),
    ])
    func instanceNames(name: String, isValid: Bool) {
        #expect(InstanceName.isValid(name) == isValid)
    }

    @Test(
        arguments: [
            ("/data/runs/vit", "vit"), ("/data/my run (2)", "my_run__2_"), ("/data/.hidden", "hidden"),
            ("/data/-x", "x"),
            ("/data/ünter", "_nter"), ("/data/a%b", "a_b"), ("/", nil), ("/data/...", nil), ("/data/é", nil),
            (FilePath("/x/" + String(repeating: "a", count: 200)), String(repeating: "a", count: 100)),
        ] as [(FilePath, String?)]
    )
    func proposals(directory: FilePath, name: String?) {
        #expect(InstanceName.proposal(for: directory) == name)
        #expect(name.map(InstanceName.isValid) ?? true)
    }

    /// Paths as words of a unit; checked once with systemd's own parser.
    @Test(
        arguments: [
            ("/data/runs", "/data/runs"), ("/data/my runs", #""/data/my runs""#), ("/data/50%", "/data/50%%"),
            (#"/a"b"#, #""/a\"b""#), (#"/a\b"#, #""/a\\b""#), ("/it's", #""/it's""#), ("/a;b", #""/a;b""#),
            ("/%\u{301}/\"\u{301}", "\"/%%\u{301}/\\\"\u{301}\""),
        ] as [(FilePath, String)]
    )
    func words(path: FilePath, word: String) {
        #expect(DropInText.word(path) == word)
    }

    @Test(arguments: ["/data/vit", #"/a"b\c"#, "/ü \"\u{301}", "/a b/%"])
    func configurationsAreJSON(path: String) throws {
        let text = ConfigurationText(watch: FilePath(path), output: "/o", last: 7, schema: "/s").text
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(value["watch"]?.stringValue == path)
        #expect(value.members?.map { $0.key } == ["$schema", "watch", "output", "recipes"])
        #expect(value["recipes"]?.arrayValue?.first?["window"]?["last"]?.integerValue == 7)
    }

    @Test func everyLineOfADropInHasAReason() {
        let text = DropInText(
            unit: [DropInText.Entry(reason: "First.", lines: ["A=1"])],
            service: [DropInText.Entry(reason: "Second.", lines: ["B=2", "C=3"])]
        ).text
        #expect(text.hasSuffix("\n\n[Unit]\n# First.\nA=1\n\n[Service]\n# Second.\nB=2\nC=3\n"))
    }
}
