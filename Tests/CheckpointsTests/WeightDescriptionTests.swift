import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Checkpoints

/// What weight files say about themselves, apart from their tensors.
@Suite struct WeightDescriptionTests {
    private func open(_ bytes: [UInt8], _ name: String) throws -> Checkpoint {
        try withTemporaryDirectory { directory in
            try Fixture.write(bytes, to: directory.appending(name))
            return try CheckpointOpener.open(directory.appending(name), position: 0)
        }
    }

    private static func safetensors(_ metadata: [(key: String, value: String)]) -> [UInt8] {
        SafetensorsHeader.encode(tensors: [("w", .f32, [2])], metadata: metadata) + Array(1...8)
    }

    @Test("a file of torch.save: its format, where its model is, its step, and checksums of all that it holds")
    func torch() throws {
        let bytes = try InPlaceRun.bytes("2000")
        let checkpoint = try open(bytes, "a.pt")
        let file = try #require(checkpoint.catalog.files.first)
        #expect(file.format == .torchZip)
        #expect(file.model?.path == "model")
        #expect(file.step == Step(2000) && checkpoint.catalog.step == Step(2000))
        #expect(file.amendments.isEmpty)
        for entry in checkpoint.catalog.entries {
            #expect(file.seals.contains { $0.range.clamped(to: entry.info.byteRange) == entry.info.byteRange })
        }
        #expect(try open(InPlaceRun.bytes("finished"), "a.pt").catalog.step == nil)
    }

    @Test("safetensors without hashes say nothing more")
    func plain() throws {
        let file = try #require(try open(Self.safetensors([("format", "pt")]), "a.safetensors").catalog.files.first)
        #expect(file.format == .safetensors && file.model == nil && file.step == nil)
        #expect(file.seals.isEmpty && file.amendments.isEmpty)
    }

    @Test(
        "keys that hold a hash of the weights, and those that only look like it",
        arguments: [
            ("sshs_model_hash", true), ("sshs_legacy_hash", true), ("sshs_", true), ("modelspec.hash_sha256", true),
            ("modelspec.hash_sha256_", false), ("modelspec.hash", false), ("sshs", false), ("SSHS_model_hash", false),
            ("ss_sd_model_hash", false), ("", false),
        ]
    )
    func hashes(key: String, isDropped: Bool) throws {
        let bytes = Self.safetensors([("before", "1"), (key, "value"), ("after", "2")])
        let file = try #require(try open(bytes, "a.safetensors").catalog.files.first)
        guard isDropped else {
            #expect(file.amendments.isEmpty)
            return
        }
        let amendment = try #require(file.amendments.first)
        #expect(file.amendments.count == 1)
        #expect(amendment.range == 0..<(bytes.count - 8))
        let header = try SafetensorsHeader(parsing: amendment.bytes, fileByteCount: bytes.count)
        #expect(header.metadata.map(\.key) == ["before", "after"])
        #expect(header.tensors.map(\.byteRange) == [(bytes.count - 8)..<bytes.count])
    }
}
