import TensorFormats
import Testing

/// Checkpoints as trainers write them: Lightning 2.6, timm 1.0, and a shard of transformers.
@Suite struct TorchTrainerTests {
    struct Expected: Sendable {
        let file: String
        let path: [String]
        let step: Int?
        let first: String
        let last: String
        let count: Int
        /// The CRC-32 of all tensors' bytes one after the other, by torch.load and zlib.
        let checksum: UInt32
    }

    static let trainers = [
        Expected(
            file: "lightning.ckpt",
            path: ["state_dict"],
            step: 8,
            first: "class_hist",
            last: "fc.bias",
            count: 15,
            checksum: 0x49de_cac6
        ),
        Expected(
            file: "timm.pth.tar",
            path: ["state_dict"],
            step: 5,
            first: "stem.weight",
            last: "head.bias",
            count: 15,
            checksum: 0xe5c4_6a08
        ),
        Expected(
            file: "pythia_shard.bin",
            path: [],
            step: nil,
            first: "gpt_neox.layers.1.mlp.dense_4h_to_h.weight",
            last: "lm_head.weight",
            count: 5,
            checksum: 0x9641_eeea
        ),
    ]

    @Test(arguments: trainers)
    func modelsAreFoundWithTheBytesThatTorchLoads(_ expected: Expected) throws {
        let bytes = try Fixture.bytes("torch/\(expected.file)")
        let file = try TorchFile(reading: ByteArraySource(bytes))
        #expect(file.step == expected.step)
        let model = try file.model()
        #expect(model.paths == [expected.path])
        #expect(model.tensors.count == expected.count)
        #expect(model.tensors.first?.name == expected.first)
        #expect(model.tensors.last?.name == expected.last)
        let payload = model.tensors.flatMap { bytes[$0.byteRange] }
        #expect(ArchiveBuilder.Record.slowChecksum(of: payload) == expected.checksum)
        #expect(model.tensors.allSatisfy { $0.strides == nil })
        let seals = Set(file.seals.map(\.range))
        #expect(model.tensors.allSatisfy { seals.contains($0.byteRange) }, "each tensor has a record of its own")
    }
}
