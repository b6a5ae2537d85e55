import Testing

@testable import TensorFormats

private typealias P = PickleWriter

@Suite struct CheckpointStepTests {
    static let roots: [([UInt8], Int?)] = [
        (P.dict(["epoch": P.int(3), "global_step": P.int(70)]), 70),
        (P.dict(["iter_num": P.int(9), "epoch": P.int(1)]), 9), (P.dict(["global_steps": P.int(8)]), 8),
        (P.dict(["iteration": P.int(6)]), 6), (P.dict(["num_updates": P.int(5)]), 5), (P.dict(["epoch": P.int(4)]), 4),
        (P.dict(["global_step": P.text("x"), "step": P.int(2)]), 2), (P.dict(["step": [0x88]]), nil),
        (P.dict(["step": P.int(1), "n": P.none]), 1),
        (P.dict([(P.text("step"), P.int(1)), (P.text("step"), P.int(2))]), 2),
        (P.dict(["state": P.dict(["timestamp": P.dict(["batch": P.int(12)])])]), 12),
        (P.dict(["Step": P.int(1)]), nil), (P.list([P.int(1)]), nil), (P.int(1), nil),
        (P.global("m", "D") + [0x29, 0x81] + P.text("step") + P.int(3) + [0x73], 3),
    ]

    @Test(arguments: roots)
    func step(_ root: [UInt8], _ expected: Int?) throws {
        #expect(try PickleMachine.run(P.pickle(root)).graph.step == expected)
    }

    static let numbers: [(String, String, [UInt8], Int?)] = [
        ("i8", "<", [7, 0, 0, 0, 0, 0, 0, 0], 7), ("i4", "<", [0xFE, 0xFF, 0xFF, 0xFF], -2), ("u1", "|", [200], 200),
        ("i8", ">", [0, 0, 0, 0, 0, 0, 0, 7], nil), ("f8", "<", [0, 0, 0, 0, 0, 0, 0, 0], nil),
        ("u8", "<", [255, 255, 255, 255, 255, 255, 255, 255], nil), ("i8", "<", [1, 2], nil), ("i0", "<", [], nil),
    ]

    @Test("numbers of NumPy, as protocol 2 and 3 write them", arguments: numbers)
    func numpy(_ type: String, _ order: String, _ digits: [UInt8], _ expected: Int?) throws {
        let arguments = P.tuple([P.text(type), [0x89], [0x88]])
        let dtype = P.global("numpy", "dtype") + arguments + [0x52] + P.tuple([P.int(3), P.text(order)]) + [0x62]
        let text = String(String.UnicodeScalarView(digits.map { Unicode.Scalar($0) }))
        let forms = [
            [0x43, UInt8(digits.count)] + digits,
            P.call(P.global("_codecs", "encode"), [P.text(text), P.text("latin1")]),
        ]
        for form in forms {
            for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
                let root = P.dict(["step": P.call(P.global(module, "scalar"), [dtype, form])])
                #expect(try PickleMachine.run(P.pickle(root)).graph.step == expected)
            }
        }
    }

    @Test(arguments: [
        ("lightning", 24), ("nanogpt", 120), ("timm", 5), ("pythia", nil), ("numpy-step", 77), ("composer", 123),
        ("objects-2", 7), ("protocol-1", 70000), ("module", nil),
    ])
    func fixtures(_ name: String, _ expected: Int?) throws {
        #expect(try PickleMachine.run(Fixture.bytes("torch/pickle/\(name).pkl")).graph.step == expected)
    }
}
