import TensorFormats
import Testing

/// The form before torch 1.6, put together by hand.
@Suite struct LegacyStreamTests {
    /// The parts of a file in their order.
    struct Parts {
        var version = PickleWriter.pickle(PickleWriter.int(1001))
        var machine = PickleWriter.pickle(PickleWriter.dict(["little_endian": [0x88]]))
        var objects = PickleWriter.stateDict([
            .init(name: "w", key: "94", count: 3, isLegacy: true),
            .init(name: "v", key: "11", count: 2, storageClass: "LongStorage", isLegacy: true),
        ])
        var keys = ["11", "94"]
        var storages =
            le(UInt64(2)) + [UInt8](repeating: 1, count: 16) + le(UInt64(3)) + [UInt8](repeating: 2, count: 12)

        var bytes: [UInt8] {
            let list = PickleWriter.pickle(PickleWriter.list(keys.map(PickleWriter.text)))
            return [0x80, 2] + WeightFormatTests.legacyNumber + version + machine + objects + list + storages
        }
    }

    @Test func storagesAreInTheOrderOfTheList() throws {
        let bytes = Parts().bytes
        let file = try TorchFile(reading: ByteArraySource(bytes))
        let tensors = try file.model().tensors
        #expect(tensors.map(\.name) == ["w", "v"])
        #expect(tensors.map(\.byteRange) == [bytes.count - 12..<bytes.count, bytes.count - 36..<bytes.count - 20])
        #expect(file.storageByteCount == 28)
        #expect(file.step == nil)
    }

    static let damages: [(String, @Sendable (inout Parts) -> Void)] = [
        (
            "version of the legacy torch stream is not 1001",
            { $0.version = PickleWriter.pickle(PickleWriter.int(1002)) }
        ),
        ("system information of the legacy torch stream", { $0.machine = PickleWriter.pickle(PickleWriter.dict([:])) }),
        (
            "byte order is \"big\"",
            { $0.machine = PickleWriter.pickle(PickleWriter.dict(["little_endian": [0x89]])) }
        ),
        ("lists 1 storages, its tensors refer to 2", { $0.keys = ["11"] }),
        ("lists 3 storages", { $0.keys = ["11", "94", "95"] }),
        ("lists storage \"11\" twice", { $0.keys = ["11", "11"] }),
        ("is not a list of short strings", { $0.keys = ["11", String(repeating: "9", count: 1025)] }),
        ("lists storage \"95\" twice, or no tensor", { $0.keys = ["11", "95"] }),
        ("has 2 elements, its tensors need 3", { $0.keys = ["94", "11"] }),
        ("the file goes on to byte", { $0.storages.append(0) }),
        ("within storage \"94\" of 12 bytes", { $0.storages.removeLast() }),
        ("within storage \"11\" of 16 bytes", { $0.storages = [] }),
        ("has -9223372036854775806 elements", { $0.storages[7] = 0x80 }),
        ("pickle of the objects at byte", { $0.objects = [0xFF] }),
    ]

    @Test(arguments: damages.indices)
    func refuses(_ index: Int) {
        var parts = Parts()
        Self.damages[index].1(&parts)
        let error = #expect(throws: TorchError.self) { try TorchFile(reading: ByteArraySource(parts.bytes)) }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains(Self.damages[index].0), "\(text)")
    }

    /// The objects go on beyond what is read at first.
    @Test func aLongPickleIsReadInSteps() throws {
        let tensors = (0..<8000).map { index in
            PickleWriter.Entry(name: "layer.\(index).weight", key: "\(index)", count: 1, isLegacy: true)
        }
        var parts = Parts()
        parts.objects = PickleWriter.stateDict(tensors)
        parts.keys = tensors.map(\.key)
        parts.storages = tensors.flatMap { _ in le(UInt64(1)) + [0, 0, 0, 0] }
        let bytes = parts.bytes
        #expect(parts.objects.count > 1 << 20)
        let source = ByteArraySource(bytes)
        let file = try TorchFile(reading: source)
        #expect(try file.model().tensors.last?.byteRange == bytes.count - 4..<bytes.count)
        #expect(source.reads.count < 12, "\(source.reads.count)")
    }

    /// A pickle that is wrong from the start is not a reason to read more and more of a large file.
    @Test func damageIsNotTakenForAnEarlyEnd() {
        var parts = Parts()
        parts.objects = [0x80, 2, 0xFF]
        let source = ByteArraySource(parts.bytes + [UInt8](repeating: 0, count: 8 << 20))
        #expect(throws: TorchError.self) { try TorchFile(reading: source) }
        #expect(source.reads.reduce(0) { $0 + $1.count } <= 2 << 20)
    }
}
