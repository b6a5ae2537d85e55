import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// What pins cost, as the links of their files tell.
@Suite struct PinHoldingTests {
    private let inspector = CheckpointInspector(layout: HuggingFaceLayout())

    private func store(_ method: PinMethod, in directory: FilePath) -> PinStore {
        PinStore(directory: directory.appending("pins"), staging: directory.appending("staging"), method: method)
    }

    /// The room that the files of a directory take.
    private func room(_ directory: FilePath) throws -> Int {
        try DirectoryListing.entries(of: directory).reduce(0) { sum, entry in
            let path = directory.appending(entry.name)
            return try sum + (entry.kind == .directory ? room(path) : FileStatus.of(path).allocatedByteCount)
        }
    }

    @Test("a link costs nothing until the trainer deletes its name")
    func hardlink() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("left/adapter_model.safetensors", SampleTensor.file([SampleTensor("v")]))
            let store = store(.hardlink, in: directory)
            #expect(try store.holdings().isEmpty)
            let pin = try #require(try store.pin(sample.inspect().get(), inspector: inspector)).checkpoint
            #expect(try store.holdings() == ["checkpoint-10": PinHolding(byteCount: 0, isLinked: true)])
            try Publication.removeTree(sample.path.appending("model.safetensors"))
            let weights = try FileStatus.of(pin.candidate.path.appending("model.safetensors")).allocatedByteCount
            #expect(weights > 0)
            #expect(try store.holdings() == ["checkpoint-10": PinHolding(byteCount: weights, isLinked: true)])
            try Publication.removeTree(sample.path)
            let all = try room(pin.candidate.path)
            #expect(all > weights)
            #expect(try store.holdings() == ["checkpoint-10": PinHolding(byteCount: all, isLinked: false)])
        }
    }

    @Test("a copy costs its room at once")
    func copy() throws {
        try withTemporaryDirectory { directory in
            let tensors = [SampleTensor("w", .f32, [100_000])]
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"), tensors: tensors)
            let store = store(.copy, in: directory)
            let pin = try #require(try store.pin(sample.inspect().get(), inspector: inspector)).checkpoint
            let holding = try #require(try store.holdings()["checkpoint-10"])
            #expect(!holding.isLinked && holding.byteCount >= 400_000)
            #expect(try holding.byteCount == room(pin.candidate.path))
            _ = try store.release(except: [])
            #expect(try store.holdings().isEmpty)
        }
    }

    @Test("names within one pin go together; those of two pins give nothing back one by one")
    func shared() throws {
        try withTemporaryDirectory { directory in
            let pins = directory.appending("pins")
            for step in [10, 20] {
                try CheckpointSample(pins.appending("checkpoint-\(step)")).write(
                    "a",
                    [UInt8](repeating: 1, count: 9000)
                )
            }
            let first = pins.appending("checkpoint-10")
            let second = pins.appending("checkpoint-20")
            try Publication.hardLink(first.appending("a"), to: first.appending("b"))
            let store = store(.hardlink, in: directory)
            let room = try FileStatus.of(first.appending("a")).allocatedByteCount
            #expect(try store.holdings()["checkpoint-10"] == PinHolding(byteCount: room, isLinked: false))
            try Publication.hardLink(first.appending("a"), to: second.appending("b"))
            let holdings = try store.holdings()
            #expect(holdings["checkpoint-10"] == PinHolding(byteCount: 0, isLinked: true))
            #expect(holdings["checkpoint-20"] == PinHolding(byteCount: room, isLinked: true))
        }
    }

    @Test("a file of a series")
    func file() throws {
        try withTemporaryDirectory { directory in
            try CheckpointSample(directory.appending("pins")).write("step_1.pt", [1, 2, 3])
            let room = try FileStatus.of(directory.appending("pins/step_1.pt")).allocatedByteCount
            let holdings = try store(.auto, in: directory).holdings()
            #expect(holdings == ["step_1.pt": PinHolding(byteCount: room, isLinked: false)])
        }
    }
}
