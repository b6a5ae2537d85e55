import TensorFormats
import Testing

/// One checkpoint with every kind of view, as torch 2.15 writes it in each form.
@Suite struct TorchViewsTests {
    /// What a tensor must be; `first` are the numbers of its first row, as far as they are F32.
    struct Expected: Sendable {
        let name: String
        let type: ElementType
        let shape: [Int]
        let byteCount: Int
        var strides: [Int]?
        var isOpaque = false
        var first: [Float] = []
    }

    static let views: [Expected] = [
        Expected(name: "wte.weight", type: .f32, shape: [3, 4], byteCount: 48, first: [0, 1, 2, 3]),
        Expected(name: "lm_head.weight", type: .f32, shape: [3, 4], byteCount: 48, first: [0, 1, 2, 3]),
        Expected(name: "t", type: .f32, shape: [4, 3], byteCount: 48, strides: [1, 4], first: [0, 1, 2]),
        Expected(name: "slice", type: .f32, shape: [10], byteCount: 40, first: [10, 11, 12]),
        Expected(name: "rows", type: .f32, shape: [2, 4], byteCount: 56, strides: [10, 1], first: [21, 22]),
        Expected(name: "expanded", type: .f32, shape: [3], byteCount: 4, strides: [0], first: [1.5]),
        Expected(name: "last", type: .bf16, shape: [2, 3, 4, 5], byteCount: 240, strides: [60, 1, 15, 3]),
        Expected(name: "scalar", type: .f64, shape: [], byteCount: 8),
        Expected(name: "empty", type: .f16, shape: [0, 3], byteCount: 0),
        Expected(name: "param", type: .f32, shape: [2], byteCount: 8, first: [1, 1]),
        Expected(name: "count", type: .i64, shape: [], byteCount: 8),
        Expected(name: "mask", type: .bool, shape: [2], byteCount: 2),
        Expected(name: "c", type: .c64, shape: [2], byteCount: 16, first: [1, 2, 3, -4]),
        Expected(name: "conj", type: .c64, shape: [2], byteCount: 16, isOpaque: true, first: [1, 2, 3, -4]),
        Expected(name: "c128", type: .c128, shape: [1], byteCount: 16),
        Expected(name: "f8", type: .f8E4M3, shape: [2], byteCount: 2),
        Expected(name: "u16", type: .u16, shape: [2], byteCount: 4),
    ]

    @Test(arguments: ["views", "views_protocol4", "views_legacy"])
    func everyViewIsAtItsPlace(_ name: String) throws {
        let bytes = try Fixture.bytes("torch/\(name).pt")
        let file = try TorchFile(reading: ByteArraySource(bytes))
        let isLegacy = name == "views_legacy"
        #expect(file.container == (isLegacy ? .legacy : .zip))
        #expect(file.seals.isEmpty == isLegacy)
        #expect(file.step == 42)
        let model = try file.model()
        #expect(model.paths == [["model"]])
        // The storages of the legacy form have no name for the types that are younger than it.
        let expected = isLegacy ? Self.views.dropLast(2) : Self.views[...]
        #expect(model.tensors.map(\.name) == expected.map(\.name))
        for (tensor, expected) in zip(model.tensors, expected) {
            #expect(tensor.elementType == expected.type, "\(tensor.name)")
            #expect(tensor.shape == expected.shape)
            #expect(tensor.byteRange.count == expected.byteCount, "\(tensor.name)")
            #expect(tensor.strides == expected.strides, "\(tensor.name)")
            #expect(tensor.isOpaque == expected.isOpaque, "\(tensor.name)")
            let start = tensor.byteRange.lowerBound
            for (index, number) in expected.first.enumerated() {
                let place = start + 4 * index
                #expect(Array(bytes[place..<place + 4]) == le(number.bitPattern), "\(tensor.name)[\(index)]")
            }
        }
        #expect(model.tensors[0].byteRange == model.tensors[1].byteRange, "tied weights share their bytes")
    }

    @Test func storagesOfTheOptimizerCountAsStorages() throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/views.pt")))
        // w 48, big 400, expanded 4, last 240, scalar 8, empty 0, param 8, count 8, mask 2, c 16, c128 16, f8 2,
        // u16 4, step 4, exp_avg 48
        #expect(file.storageByteCount == 808)
    }

    @Test func anExplicitPathIsFollowed() throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/views.pt")))
        let model = try file.model(at: [["optimizer", "state"]])
        #expect(model.tensors.map(\.name) == ["0.step", "0.exp_avg"])
        #expect(throws: TorchError.self) { try file.model(at: [["modle"]]) }
    }

    @Test func withoutChecksumsThereAreNoSeals() throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/no_crc.pt")))
        #expect(file.seals.isEmpty)
        #expect(try file.model().tensors.map(\.byteRange.count) == [48, 16])
    }

    @Test func theLegacyFormOfProtocol5IsRead() throws {
        let file = try TorchFile(reading: ByteArraySource(Fixture.bytes("torch/legacy_protocol5.pt")))
        #expect(file.container == .legacy)
        #expect(try file.model().tensors.map(\.name) == ["w", "b"])
        #expect(file.storageByteCount == 64)
    }
}
