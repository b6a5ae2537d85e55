import Testing

@testable import TensorFormats

private typealias P = PickleWriter

/// Hand-written pickles, opcode by opcode.
@Suite struct PickleOpcodeTests {
    @Test(arguments: [
        ("N", "None"), ("\u{88}", "True"), ("\u{89}", "False"), ("K\u{FF}", "255"), ("M\u{1}\u{2}", "513"),
        ("J\u{FE}\u{FF}\u{FF}\u{FF}", "-2"), ("\u{8A}\0", "0"), ("\u{8A}\u{1}\u{FF}", "-1"),
        ("\u{8A}\u{2}\u{FF}\0", "255"), ("\u{8B}\u{1}\0\0\0\u{7F}", "127"), ("I01\n", "True"), ("I00\n", "False"),
        ("I-17\n", "-17"), ("L99L\n", "99"), ("G?\u{F8}\0\0\0\0\0\0", "1.5"), ("X\u{1}\0\0\0a", "'a'"),
        ("\u{8C}\u{1}a", "'a'"), ("\u{8D}\u{1}\0\0\0\0\0\0\0a", "'a'"), ("U\u{1}a", "'a'"), ("T\u{1}\0\0\0a", "'a'"),
        ("C\u{1}a", #"bytes ["61"]"#), ("B\u{1}\0\0\0a", #"bytes ["61"]"#),
        ("\u{8E}\u{1}\0\0\0\0\0\0\0a", #"bytes ["61"]"#), ("\u{96}\u{1}\0\0\0\0\0\0\0a", #"bytes ["61"]"#),
        (")", "()"), ("]", "[]"), ("}", "{}"), ("\u{8F}", "{}"), ("(NNt", "(None, None)"), ("N\u{85}", "(None)"),
        ("NN\u{86}", "(None, None)"), ("NNN\u{87}", "(None, None, None)"), ("(Nl", "[None]"),
        ("(K\u{1}Nd", "{1: None}"),
        ("(K\u{1}\u{91}", "{1}"), ("]Na", "[None]"), ("](e", "[]"), ("](K\u{1}K\u{2}e", "[1, 2]"),
        ("}K\u{1}Ns", "{1: None}"), ("}(u", "{}"), ("}(K\u{1}NK\u{2}Nu", "{1: None, 2: None}"),
        ("\u{8F}(K\u{1}\u{90}", "{1}"), ("NK\u{1}0", "None"), ("N(0", "None"), ("N(K\u{1}K\u{2}1", "None"),
        ("K\u{7}2\u{86}", "(7, 7)"), ("K\u{7}q\u{3}0h\u{3}", "7"),
        ("K\u{7}r\u{FF}\u{FF}\u{FF}\u{FF}0j\u{FF}\u{FF}\u{FF}\u{FF}", "7"),
        ("K\u{7}\u{94}K\u{8}\u{94}h\0h\u{1}\u{86}", "(7, 8)"), ("cm\nn\n", "m.n"), ("U\u{1}mU\u{1}n\u{93}", "m.n"),
        ("cm\nn\n)\u{81}", "m.n()"), ("cm\nn\n)}\u{92}", "m.n()"), ("cm\nn\n)R", "m.n()"),
        ("cm\nn\n)R}K\u{1}Nsb", "m.n()|{1: None}"), ("cm\nn\n)RNa", "m.n()|[None]"),
        ("cm\nn\n)RK\u{1}Ns", "m.n()|{1: None}"), ("}}K\u{1}Nsb", "{}"),
        ("\u{95}\u{2}\0\0\0\0\0\0\0N.", "None"), ("\u{80}\u{5}N", "None"),
        ("ccollections\nOrderedDict\n)R", "{}"), ("ccollections\nOrderedDict\n)\u{81}K\u{1}Ns", "{1: None}"),
        ("ccollections\ndefaultdict\nc__builtin__\nlist\n\u{85}RK\u{1}Ns", "{1: None}"),
        ("c__builtin__\nset\n](K\u{1}e\u{85}R", "{1}"), ("cbuiltins\nfrozenset\n)R", "{}"),
        ("ctorch\nSize\nK\u{1}\u{85}\u{85}R", "(1)"),
        ("ccopy_reg\n_reconstructor\n(cm\nn\nc__builtin__\ndict\n}K\u{1}NstR", "m.nNone|{1: None}"),
    ])
    func value(_ program: String, _ expected: String) throws {
        let bytes = latin1(program) + [0x2E]
        let (graph, byteCount) = try PickleMachine.run(bytes + [0xFF])
        #expect(graph.rootText == expected)
        #expect(byteCount == (program.hasSuffix(".") ? bytes.count - 1 : bytes.count))
        #expect(graph.bytes.count == bytes.count + 1)
    }

    /// Python 2 wrote an OrderedDict with a list of its pairs.
    @Test func anOrderedDictOfPythonTwo() throws {
        let pairs = P.list([P.list([P.text("a"), P.int(1)]), P.tuple([P.text("b"), P.int(2)])])
        let graph = try PickleMachine.run(P.pickle(P.call(P.global("collections", "OrderedDict"), [pairs]))).graph
        #expect(graph.rootText == "{'a': 1, 'b': 2}")
        let broken = P.pickle(P.call(P.global("collections", "OrderedDict"), [P.list([P.list([P.int(1)])])]))
        #expect(throws: PickleError.self) { try PickleMachine.run(broken) }
    }

    @Test(arguments: [
        ("", "byte 0: needs 1 more bytes, the pickle ends after 0"), (".", "opcode 0x2E (stop): takes more values"),
        ("N", "byte 1: needs 1 more bytes"), ("X\u{5}\0\0\0abc", "needs 5 more bytes, the pickle ends after 3"),
        ("\u{8D}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}", "a string takes \(Int.max) bytes, the limit is"),
        ("\u{8E}\0\0\0\u{8}\0\0\0\0", "needs 134217728 more bytes, the pickle ends after 0"),
        ("T\u{FF}\u{FF}\u{FF}\u{FF}", "needs -1 more bytes"), ("\u{8B}\u{FF}\u{FF}\u{FF}\u{FF}", "needs -1 more bytes"),
        ("\u{8B}\u{FF}\u{FF}\u{FF}\u{7F}", "a string takes 2147483647 bytes"), ("\u{80}\u{6}", "protocol 6 is unknown"),
        ("\u{95}\u{9}\0\0\0\0\0\0\0N.", "needs 9 more bytes, the pickle ends after 2"), ("cabc", "ends after 3"),
        ("\u{82}\u{1}", "opcode 0x82: not an opcode that torch.save writes"), ("Pabc\n", "opcode 0x50"),
        ("t", "opcode 0x74 (tuple): goes back to a mark that was never set"), ("N\u{86}", "takes more values"),
        ("(\u{85}", "takes more values"), ("N(\u{85}", "takes more values"), ("N(q\0", "takes more values"),
        ("Na", "takes more values"), ("N(Na", "takes more values"), ("NNa", "finds None, expected a list or set"),
        ("]K\u{1}s", "takes more values"), ("]NNs", "finds a list, expected a dict"), ("}(Nu", "1 values do not make"),
        ("(Nd", "1 values do not make pairs"), ("h\u{5}", "gets value 5, which was never stored"),
        ("j\u{FF}\u{FF}\u{FF}\u{FF}", "gets value 4294967295"), ("I1.5\n", "the text is not an integer"),
        ("NNR", "finds None, expected a tuple of arguments"), ("NN\u{81}", "expected a tuple of arguments"),
        ("NN\u{93}", "finds None, expected two strings"), ("NQ", "refers to something outside"),
        ("U\u{1}a\u{85}Q", "refers to something outside"), ("K\u{1}\u{85}Q", "refers to something outside"),
        ("}b", "takes more values"), ("0", "takes more values"), ("1", "goes back to a mark"),
        ("2", "takes more values"),
    ])
    func refusal(_ program: String, _ expected: String) throws {
        let error = #expect(throws: PickleError.self) { try PickleMachine.run(latin1(program)) }
        let text = try #require(error).description
        #expect(text.contains(expected), "\(text)")
        #expect(text.hasPrefix("pickle byte ") && !text.contains("\n"))
    }

    @Test func numbersOfTheMemoAreStoredOverAndApart() throws {
        // 7 at 1000, 8 at 0, 9 at 1000: the later one counts, also behind 2,000 others that grow past it.
        var program: [UInt8] = [0x4B, 7, 0x72] + P.little(UInt32(1000)) + [0x4B, 8, 0x71, 0]
        program += [0x4B, 9, 0x72] + P.little(UInt32(1000))
        for number in 1..<2000 where number != 1000 { program += [0x72] + P.little(UInt32(number)) }
        program += [0x6A] + P.little(UInt32(1000)) + [0x68, 0, 0x86, 0x2E]
        #expect(try PickleMachine.run(program).graph.rootText == "(9, 8)")
    }

    private func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}
