import Testing

@testable import TensorFormats

/// Pickles that PyTorch 2.15 wrote.
@Suite struct PickleFixtureTests {
    /// What `expected.tsv` says of one tensor; PyTorch wrote it after loading the same file.
    private struct Expectation: Equatable, CustomStringConvertible {
        let name: String
        let type: String
        let shape: [Int]
        let strides: [Int]
        let offset: Int

        var description: String { "\(name) \(type) \(shape) \(strides) \(offset)" }
    }

    static let models = [
        "lightning", "nanogpt", "timm", "pythia", "pythia-shard", "module", "module-in-dict", "expandeddict", "dtensor",
        "tensors", "types", "objects-2", "objects-5", "protocol-1", "composer", "list", "numpy-step", "mixed",
        "lightning-averaged",
    ]

    @Test("names, types, shapes, strides and offsets are those that PyTorch loads", arguments: models)
    func model(_ fixture: String) throws {
        let (path, expected) = try expectations(of: fixture)
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/\(fixture).pkl")).graph
        let choice = try ModelFinder.find(in: graph, at: nil)
        #expect(choice.paths.map(ModelPath.text).joined(separator: ", ") == path)
        let found = choice.tensors.map { found in
            let tensor = graph.tensors[found.index]
            return Expectation(
                name: found.name,
                type: tensor.elementType.rawValue,
                shape: tensor.shape,
                strides: tensor.strides,
                offset: tensor.offset
            )
        }
        #expect(found == expected)
        #expect(found.count > 1)
    }

    @Test("every tensor lies within its storage", arguments: models)
    func bounds(_ fixture: String) throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/\(fixture).pkl")).graph
        for tensor in graph.tensors {
            #expect(tensor.byteRange.upperBound <= graph.storages[tensor.storage].byteCount)
            #expect(
                tensor.isRowMajor
                    == (tensor.byteRange.count == tensor.elementCount * tensor.elementType.byteCount
                        && zip(tensor.shape, tensor.strides).allSatisfy { $0 < 2 || $1 > 0 } && isSorted(tensor))
            )
        }
    }

    @Test("objects of a training run are kept as they are", arguments: 2...5)
    func objects(_ version: Int) throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/objects-\(version).pkl")).graph
        let builtins = version == 2 ? "__builtin__" : "builtins"
        let expected: KeyValuePairs = [
            "ns": "argparse.Namespace()|{'lr': 0.1, 'name': 'x', 'nested': argparse.Namespace()|{'a': [1, 2]}}",
            "loss": "lawa_fixture.LossScaler()|{'cur_scale': 65536.0, 'cur_iter': 12, 'dynamic': True}",
            "easy": "lawa_fixture.EasyDict()|{'a': 1, 'b': float32[2]@2+0}",
            "mylist": "lawa_fixture.MyList()|[1, 2, 3]",
            "myset": "lawa_fixture.MySet([4])",
            "frac": "fractions.Fraction(1, 3)",
            "size": "(2, 3)", "device": "torch.device('cpu')", "dtype": "torch.bfloat16", "dd": "{'k': [1]}",
            "counter": "{'h': 1, 'e': 1, 'l': 2, 'o': 1}", "s": "{1}", "fs": "{2}", "dq": "collections.deque()|[1, 2]",
            "cplx": "\(builtins).complex(1.0, 2.0)", "fn": "math.sqrt", "rng": "uint8[0]@3+0", "od": "{'a': 1}",
            "huge": "an int of more than 64 bits \([String](repeating: "0", count: 25) + ["1"])",
            "neg": "an int of more than 64 bits \([String](repeating: "0", count: 8) + ["c0"])",
            "ints": "[0, -1, 255, 256, 65535, 65536, -129, 2147483648, -2147483648, \(Int.max), \(Int.min)]",
            "fl": "[1.5, inf, -0.0]", "tup": "()", "four": "(1, 2, 3, 4)", "text": "'grüß😀'",
            "none": "None", "t": "True", "f": "False",
            "by": version == 2 ? "_codecs.encode('\0ÿabc', 'latin1')" : #"bytes ["0", "ff", "61", "62", "63"]"#,
            "dc": "{'self': {'self': {'self': {'self': {'self': {…: …}}}}}}",
            "cyc": "[1, [1, [1, [1, [1, […, …]]]]]]",
        ]
        let children = graph.children(of: graph.root) { _ in true }
        for (key, text) in expected {
            let pair = try #require(children.first { graph.keyText($0.key) == key }, "\(key)")
            #expect(graph.describe(pair.value, depth: 6) == text, "\(key)")
        }
    }

    @Test("what is no dense tensor is opaque")
    func exotic() throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/exotic.pkl")).graph
        let choice = try ModelFinder.find(in: graph, at: nil)
        #expect(choice.tensors.map(\.name) == ["w", "q", "qc"])
        #expect(choice.tensors.map { graph.tensors[$0.index].isOpaque } == [false, true, true])
        #expect(choice.tensors.map { graph.tensors[$0.index].elementType } == [.float32, .qint8, .quint8])
    }

    @Test func conjugatedAndNegatedTensorsAreLazy() throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/tensors.pkl")).graph
        let tensors = try ModelFinder.find(in: graph, at: nil).tensors
        #expect(tensors.filter { graph.tensors[$0.index].isLazy }.map(\.name) == ["conj", "neg"])
        #expect(tensors.filter { graph.tensors[$0.index].isOpaque }.map(\.name) == ["conj", "neg"])
        let strided = tensors.filter { !graph.tensors[$0.index].isRowMajor }.map(\.name)
        #expect(strided == ["transposed", "sliced", "expanded", "channels", "neg"])
        let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, graph.tensors[$0.index]) })
        #expect(byName["tied_a"] == byName["tied_b"])
        #expect(byName["tied_a"]?.storage == byName["transposed"]?.storage)
        #expect(byName["sliced"]?.byteRange == 16..<92)
        #expect(byName["expanded"]?.byteRange == 0..<12)
        #expect(byName["last"]?.byteRange == 92..<96)
        #expect(byName["empty"]?.byteRange == 0..<0)
    }

    @Test func aLegacyStreamIsPicklesOneBehindTheOther() throws {
        let bytes = try Fixture.bytes("torch/pickle/legacy.pkl")
        var position = 0
        let graphs = try bytes.withUnsafeBytes { bytes in
            try (0..<5).map { _ in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
                let (graph, byteCount) = try PickleMachine.run(rest)
                position += byteCount
                return graph
            }
        }
        let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        #expect(graphs[0].bytes(graphs[0].root).map(Array.init) == magic)
        #expect(graphs[1].integer(graphs[1].root) == 1001)
        #expect(graphs[2].value(of: "little_endian", in: graphs[2].root) == .bool(true))
        #expect(graphs[3].step == 3)
        #expect(graphs[3].tensors.map(\.shape) == [[4, 3], [3], [5, 2], [2, 5]])
        let keys = graphs[4].children(of: graphs[4].root) { _ in true }.map { graphs[4].name($0.value) }
        #expect(keys == graphs[3].storages.map(\.key).sorted())
        let payload = graphs[3].storages.reduce(0) { $0 + 8 + $1.byteCount }
        #expect(bytes.count - position == payload)
    }

    private func isSorted(_ tensor: TensorReference) -> Bool {
        let strides = zip(tensor.shape, tensor.strides).filter { $0.0 > 1 }.map(\.1)
        return tensor.extent == 0 || strides == strides.sorted(by: >)
    }

    private func expectations(of fixture: String) throws -> (path: String, tensors: [Expectation]) {
        let text = String(decoding: try Fixture.bytes("torch/pickle/expected.tsv"), as: UTF8.self)
        let lines = text.split(separator: "\n")
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0[0] == fixture }
        let tensors = try lines.map { fields in
            Expectation(
                name: fields[2],
                type: fields[3],
                shape: try fields[4].split(separator: ",").map { try #require(Int($0)) },
                strides: try fields[5].split(separator: ",").map { try #require(Int($0)) },
                offset: try #require(Int(fields[6]))
            )
        }
        return (try #require(lines.first)[1], tensors)
    }
}
