import Testing

@testable import TensorFormats

private typealias P = PickleWriter

/// Storages and tensors as PyTorch's functions take them, and as they do not.
@Suite struct PickleTensorTests {
    @Test func storageClassesHaveTheTypesOfPyTorch() throws {
        let classes: KeyValuePairs<String, TorchElementType> = [
            "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
            "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
            "ByteStorage": .uint8, "BoolStorage": .bool, "ComplexFloatStorage": .complex64,
            "ComplexDoubleStorage": .complex128, "QInt8Storage": .qint8, "QUInt8Storage": .quint8,
            "QInt32Storage": .qint32,
        ]
        for (name, type) in classes {
            let graph = try PickleMachine.run(P.pickle(P.tensor(P.storage("7", name)))).graph
            #expect(graph.storages == [StorageReference(key: "7", elementType: type, elementCount: 12)])
            #expect(graph.tensors.map(\.elementType) == [type])
            #expect(graph.root == .tensor(0))
        }
    }

    @Test(arguments: TorchElementType.allCases)
    func everyTypeHasASizeAndKnowsWhetherItIsANumber(_ type: TorchElementType) {
        let bits = type.rawValue.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 8
        let isPacked = type.isQuantized || type == .bool
        #expect(isPacked || type.byteCount * 8 == bits)
        #expect([1, 2, 4, 8, 16].contains(type.byteCount))
        if type.isQuantized { #expect(type.elementType.averagedComponent == nil) }
        let isFloat = type.rawValue.hasPrefix("float") || type.rawValue.hasPrefix("bfloat")
        if isFloat, !type.isQuantized { #expect([.float, .smallFloat].contains(type.elementType.kind)) }
    }

    @Test func allFunctionsMakeTheSameTensor() throws {
        let storage = P.storage()
        let hooks: [[UInt8]] = [[0x89], P.call(P.global("collections", "OrderedDict"), [])]
        let second = P.tensor(storage, offset: 2, [2, 3], [3, 1], more: hooks)
        let arguments = P.tuple(
            [storage, P.int(2), P.tuple([P.int(2), P.int(3)]), P.tuple([P.int(3), P.int(1)])] + hooks
        )
        let function = P.global("torch._utils", "_rebuild_tensor_v2")
        let forms: [[UInt8]] = [
            second,
            P.tensor(storage, offset: 2, [2, 3], [3, 1], function: "_rebuild_tensor", more: []),
            P.tensor(
                storage,
                offset: 2,
                [2, 3],
                [3, 1],
                function: "_rebuild_tensor_v3",
                more: hooks + [P.global("torch", "float32")]
            ),
            P.tensor(storage, offset: 2, [2, 3], [3, 1], more: hooks + [P.dict([])]),
            P.tensor(storage, offset: 2, [2, 3], [3, 1], more: hooks + [P.dict(["conj": [0x89]])]),
            P.call(P.global("torch._utils", "_rebuild_parameter"), [second] + hooks),
            P.call(P.global("torch._utils", "_rebuild_parameter_with_state"), [second] + hooks + [P.dict([])]),
            P.call(
                P.global("torch._tensor", "_rebuild_from_type_v2"),
                [function, P.global("m", "Sub"), arguments, P.dict([])]
            ),
            P.call(
                P.global("torch._utils", "_rebuild_device_tensor_from_cpu_tensor"),
                [second, P.global("torch", "float32"), P.text("xla:0"), [0x89]]
            ),
            P.call(
                P.global("torch._tensor", "_rebuild_from_type_v2"),
                [
                    P.global("torch._utils", "_rebuild_wrapper_subclass"), P.global("m", "DTensor"), P.tuple([]),
                    P.tuple([P.none, P.dict(["_spec": P.none, "_local_tensor": second])]),
                ]
            ),
        ]
        for form in forms {
            let graph = try PickleMachine.run(P.pickle(form)).graph
            let expected = TensorReference(
                storage: 0,
                offset: 2,
                shape: [2, 3],
                strides: [3, 1],
                elementType: .float32,
                isLazy: false,
                extent: 6
            )
            #expect(graph.root == .tensor(0))
            #expect(graph.tensors == [expected])
        }
    }

    @Test(arguments: [
        (P.dict(["conj": [0x88]]), true), (P.dict(["neg": [0x88]]), true), (P.dict(["future": P.int(1)]), true),
        (P.dict(["conj": [0x89]]), false), (P.dict([]), false), (P.none, false), (P.text("odd"), true),
    ])
    func bitsMakeATensorLazy(_ bits: [UInt8], _ isLazy: Bool) throws {
        let tensors = try PickleMachine.run(P.pickle(P.tensor(more: [[0x89], P.none, bits]))).graph.tensors
        #expect(tensors.map(\.isLazy) == [isLazy])
    }

    @Test func typedTensorsViewUntypedStorages() throws {
        let float8 = P.tensor(
            P.storage("0", "UntypedStorage", count: 10),
            offset: 4,
            [2, 3],
            [3, 1],
            function: "_rebuild_tensor_v3",
            more: [[0x89], P.none, P.global("torch", "float8_e4m3fn")]
        )
        let graph = try PickleMachine.run(P.pickle(float8)).graph
        #expect(graph.storages == [StorageReference(key: "0", elementType: nil, elementCount: 10)])
        #expect(graph.tensors[0].byteRange == 4..<10)
        let wide = P.tensor(
            P.storage("0", "UntypedStorage", count: 11),
            offset: 2,
            [3],
            [1],
            function: "_rebuild_tensor_v3",
            more: [[0x89], P.none, P.global("torch", "uint16")]
        )
        #expect(try PickleMachine.run(P.pickle(wide)).graph.tensors[0].byteRange == 4..<10)
    }

    static let refusals: [([UInt8], String)] = [
        (P.tensor(P.none), "the first argument is None, expected a storage"),
        (P.tensor(P.storage(), [14], [1]), "a tensor of size [14]"),
        (P.tensor(more: []), "4 arguments, expected 6 to 7"),
        (P.tensor(offset: -1), "a tensor's offset is -1"),
        (P.tensor(P.storage(), [-3], [1]), "a tensor's size is -3"),
        (P.tensor(P.storage(), [3], [-1]), "a tensor's stride is -1"),
        (P.tensor(P.storage(), [3], [1, 1]), "a tensor has 1 sizes and 2 strides"),
        (P.tensor(P.storage(), [13], [1]), "goes beyond storage \"0\" of 12 float32"),
        (P.tensor(P.storage(), offset: 10), "size [3], stride [1] and offset 10 goes beyond"),
        (P.tensor(P.storage(), [4], [4]), "goes beyond"),
        (P.tensor(P.storage(), offset: 12, [], []), "goes beyond"),
        (P.tensor(P.storage(), [1 << 32, 1 << 31], [0, 0]), "is beyond \(Int.max) bytes"),
        (P.tensor(P.storage(), [2], [Int.max]), "is beyond \(Int.max) bytes"),
        (P.tensor(P.storage(), offset: Int.max), "is beyond \(Int.max) bytes"),
        (P.tensor(P.storage(), [Int.max], [0]), "is beyond \(Int.max) bytes"),
        (P.tensor(P.storage(), [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)), "65 dimensions"),
        (P.tensor(P.storage("0", "UntypedStorage")), "a tensor of no type views a storage of bytes"),
        (P.tensor(function: "_rebuild_tensor_v3", more: [[0x89], P.none, P.none]), "the seventh argument is None"),
        (
            P.tensor(function: "_rebuild_tensor_v3", more: [[0x89], P.none, P.global("torch", "float16")]),
            "of float16 views"
        ),
        (P.storage("0", "Nonsense"), "storage class \"Nonsense\" is unknown"),
        (P.storage(count: -1), "has -1 elements"), (P.storage(count: Int.max), "has \(Int.max) elements"),
        (P.storage(more: [P.tuple([P.text("v"), P.int(0), P.int(1)])]), "storage \"0\" is a view of another"),
        (P.tuple([P.storage(), P.storage(count: 13)]), "storage \"0\" is 13 float32, before it was 12 float32"),
        (P.tuple([P.storage(), P.storage("0", "HalfStorage")]), "is 12 float16, before it was 12 float32"),
        (P.tuple([P.storage("x"), P.storage("x", count: 13)]), "storage \"x\" is 13"),
        (P.storage(String(repeating: "k", count: 1025)), "expected a storage's key, a short string"),
        (
            P.tuple([P.text("storage"), P.none, P.text("0"), P.text("cpu"), P.int(1)]) + [0x51],
            "expected a storage's class"
        ),
        (P.tuple([P.text("storage"), P.none, P.text("0")]) + [0x51], "refers to something outside"),
        (
            P.tuple([P.text("hdf5"), P.none, P.text("0"), P.text("cpu"), P.int(1)]) + [0x51],
            "refers to something outside"
        ),
    ]

    @Test(arguments: refusals)
    func refusal(_ value: [UInt8], _ expected: String) throws {
        let error = #expect(throws: PickleError.self) { try PickleMachine.run(P.pickle(value)) }
        let text = try #require(error).description
        #expect(text.contains(expected), "\(text)")
    }

    @Test(arguments: [
        ([3, 4], [4, 1], 12, true), ([3, 4], [1, 3], 12, false), ([3, 1, 4], [4, 99, 1], 12, true),
        ([4, 3], [0, 1], 3, false), ([2, 2], [3, 1], 5, false), ([], [], 1, true), ([0, 5], [1, 1], 0, true),
        ([1, 1], [7, 7], 1, true), ([5], [2], 9, false),
    ])
    func extents(_ shape: [Int], _ strides: [Int], _ extent: Int, _ isRowMajor: Bool) throws {
        let graph = try PickleMachine.run(P.pickle(P.tensor(P.storage(), offset: 0, shape, strides))).graph
        #expect(graph.tensors[0].extent == extent)
        #expect(graph.tensors[0].isRowMajor == isRowMajor)
    }

    @Test func anEmptyTensorMayLieBehindItsStorage() throws {
        let graph = try PickleMachine.run(P.pickle(P.tensor(P.storage(), offset: 99, [0], [1]))).graph
        #expect(graph.tensors[0].byteRange == 48..<48)
    }

    @Test func storagesAreOneForEachKeyInOrder() throws {
        let keys = ["0", "5", "00", "x", "94021351000320", "0", "x", "1", "12345678901234567890", "5", "00"]
        let graph = try PickleMachine.run(P.pickle(P.tuple(keys.map { P.storage($0) }))).graph
        #expect(graph.storages.map(\.key) == ["0", "5", "00", "x", "94021351000320", "1", "12345678901234567890"])
        #expect(graph.rootText == "(\(keys.map { "storage \($0)" }.joined(separator: ", ")))")
    }
}
