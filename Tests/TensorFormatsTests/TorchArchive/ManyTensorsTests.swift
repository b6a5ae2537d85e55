import Testing

@testable import TensorFormats

/// Honest files with very many tensors.
@Suite struct ManyTensorsTests {
    /// What torch.save writes of so many tensors under long names, each in a storage of its own; protocol 2 numbers
    /// whatever may be used again.
    private static func pickle(_ count: Int) -> [UInt8] {
        var number = 0
        func put() -> [UInt8] {
            number += 1
            return [0x72] + PickleWriter.little(UInt32(number - 1))
        }
        func get(_ number: Int) -> [UInt8] { [0x68, UInt8(number)] }
        let opening: [[UInt8]] = [
            PickleWriter.global("torch._utils", "_rebuild_tensor_v2"), PickleWriter.text("storage"),
            PickleWriter.global("torch", "FloatStorage"), PickleWriter.text("cpu"),
            PickleWriter.global("collections", "OrderedDict"),
        ]
        var bytes: [UInt8] = [0x80, 2]
        // Each is numbered and taken off again.
        for value in opening { bytes += value + put() + [0x30] }
        bytes += [0x7D] + put() + [0x28] + PickleWriter.text("model") + put() + [0x7D] + put()
        for index in 0..<count {
            if index.isMultiple(of: 1000) { bytes += index == 0 ? [0x28] : [0x75, 0x28] }
            bytes += PickleWriter.text("model.layers.\(index / 10).mlp.experts.\(index % 10).up_proj.weight") + put()
            bytes +=
                get(0) + [0x28, 0x28] + get(1) + get(2) + PickleWriter.text("\(index)") + put() + get(3) + [
                    0x4B, 4, 0x74,
                ]
            bytes += put() + [0x51, 0x4B, 0, 0x4B, 2, 0x4B, 2, 0x86] + put() + [0x4B, 2, 0x4B, 1, 0x86] + put()
            bytes += [0x89] + get(4) + [0x29, 0x52] + put() + [0x74] + put() + [0x52] + put()
        }
        return bytes + [0x75] + PickleWriter.text("step") + put() + [0x4B, 7, 0x75, 0x2E]
    }

    @Test("a hundred thousand tensors fit a quarter of 512 MiB, and as many fewer a smaller share")
    func share() throws {
        let count = 25_000
        let records = (0..<count).map { ArchiveBuilder.Record("archive/data/\($0)", [UInt8](repeating: 1, count: 16)) }
        let builder = ArchiveBuilder(records: [ArchiveBuilder.Record("archive/data.pkl", Self.pickle(count))] + records)
        let memory = ReaderMemory(byteCount: 512 << 20 / 4 / (100_000 / count), origin: "of a test")
        let model = try TorchFile(reading: ByteArraySource(builder.build().bytes), memory: memory).model()
        #expect(model.tensors.count == count)
        #expect(model.tensors.last?.name == "model.layers.2499.mlp.experts.9.up_proj.weight")
    }
}
