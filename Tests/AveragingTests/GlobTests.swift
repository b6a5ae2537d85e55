import Testing

@testable import Averaging

@Suite struct GlobTests {
    @Test(
        "patterns match whole names",
        arguments: [
            ("*", "", true), ("*", "anything.at[all]", true), ("", "", true), ("", "a", false), ("a", "", false),
            ("abc", "abc", true), ("abc", "abcd", false), ("abc", "ab", false), ("abc", "ABC", false),
            ("a*", "a", true), ("a*c", "abbc", true), ("a*c", "abbcd", false), ("*c", "abcc", true),
            ("*.bias", "model.layers.0.bias", true), ("*.bias", "model.layers.0.bias_", false),
            ("model.layers.*.weight", "model.layers.10.mlp.weight", true), ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false), ("**", "x", true), ("a**b", "ab", true), ("*ab", "aab", true),
            ("*aab", "aaaab", true), ("a*a*a", "aa", false), ("?", "", false), ("?", "x", true), ("?", "é", true),
            ("?", "xy", false), ("a?c", "abc", true), ("layers.?.w", "layers.10.w", false),
            ("[abc]", "b", true), ("[abc]", "d", false), ("[!abc]", "d", true), ("[!abc]", "b", false),
            ("[^abc]", "d", true), ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[0-9][0-9]", "10", true),
            ("[a-]", "-", true), ("[-a]", "-", true), ("[a-]", "b", false), ("[]]", "]", true), ("[]a]", "a", true),
            ("[!]]", "]", false), ("[!]]", "a", true), ("[!]a]", "a", false), ("[!]a]", "b", true),
            ("[", "[", true), ("[a", "[a", true), ("[]", "[]", true), ("[!", "[!", true), ("[!]", "[!]", true),
            ("a[", "a[", true), ("layer[0].w", "layer0.w", true), ("layer[[]0].w", "layer[0].w", true),
            ("*[0-9]", "abc9", true), ("*[0-9]", "abc9x", false), ("[a-c]*[x-z]", "b...y", true),
        ]
    )
    func matches(pattern: String, text: String, isMatch: Bool) {
        #expect(Glob.matches(text, pattern: pattern) == isMatch)
    }

    @Test("many stars cost no more than pattern times text")
    func manyStars() {
        let text = String(repeating: "a", count: 2000)
        #expect(!Glob.matches(text, pattern: String(repeating: "*a", count: 200) + "b"))
    }

    @Test(
        "what a filter lets through",
        arguments: [
            ([], [], "w", true), (["w"], [], "w", true), (["w"], [], "v", false), (["v", "w"], [], "w", true),
            ([], ["w"], "w", false), ([], ["v"], "w", true), (["*"], ["*.bias"], "a.bias", false),
            (["*"], ["*.bias"], "a.weight", true), (["w"], ["w"], "w", false),
        ] as [([String], [String], String, Bool)]
    )
    func filter(include: [String], exclude: [String], name: String, isAllowed: Bool) {
        #expect(TensorFilter(include: include, exclude: exclude).allows(name) == isAllowed)
    }
}
