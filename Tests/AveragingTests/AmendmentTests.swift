import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// Safetensors files that carry hashes of their own weights, as kohya's sd-scripts write them.
@Suite struct AmendmentTests {
    private static let hash = String(repeating: "0f", count: 32)
    private static let hashes = [
        #""sshs_model_hash":"\#(hash)""#, #""sshs_legacy_hash":"01234567""#, #""modelspec.hash_sha256":"0x\#(hash)""#,
    ]
    private static let rest = [
        #""modelspec.title":"x","ss_training_comment":"line\nline\t\"ü\" \\ /\r""#, #""ss_steps":"400""#,
        #""my_sshs_hash":"mine""#,
    ]

    /// A file of one vector; the header is as `serde_json` writes it, and `padding` spaces follow.
    private static func file(_ pairs: [String], _ values: [Float], padding: Int) -> [UInt8] {
        let tensor = #""w":{"dtype":"F32","shape":[\#(values.count)],"data_offsets":[0,\#(4 * values.count)]}"#
        let metadata = pairs.isEmpty ? "" : #""__metadata__":{\#(pairs.joined(separator: ","))},"#
        let json = Array("{\(metadata)\(tensor)}".utf8) + Array(repeating: UInt8(ascii: " "), count: padding)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
        return length + json + SyntheticTensor("w", values).bytes
    }

    /// Averages two files with the same pairs of metadata, and returns the newest's bytes and the average's.
    private func average(
        _ pairs: [String],
        padding: Int = 0,
        in directory: FilePath
    ) throws -> (newest: [UInt8], average: [UInt8], manifest: AverageManifest) {
        let members = try [[Float(1), 2], [3, 6]].enumerated().map { index, values in
            let path = directory.appending("lora-step0000000\(index + 1).safetensors")
            try Fixture.write(Self.file(pairs, values, padding: padding), to: path)
            return try CheckpointOpener.open(path, position: 0)
        }
        let window = try #require(CheckpointWindow(members: members))
        let staged = try StagedAverage.make(
            try window.plan(),
            in: directory.appending("staged"),
            outputName: window.newest.name,
            averager: Averager(limits: EngineLimits(threads: 2), chunkByteCount: 4096, access: .direct),
            control: AveragingControl(),
            program: "test"
        )
        let average = try Fixture.read(staged.directory.appending(window.newest.name))
        return (try Fixture.read(window.newest.candidate.path), average, staged.manifest)
    }

    @Test("hashes of the weights go, all else stays, and no tensor moves", arguments: [0, 1, 7, 64])
    func kohya(padding: Int) throws {
        try withTemporaryDirectory { directory in
            let pairs = [Self.hashes[0], Self.rest[0], Self.hashes[1], Self.rest[1], Self.hashes[2], Self.rest[2]]
            let (newest, average, manifest) = try average(pairs, padding: padding, in: directory)
            let (before, after) = (try SafetensorsSample(newest), try SafetensorsSample(average))
            #expect(average.count == newest.count)
            #expect(before.metadata.count == 7)
            #expect(
                after.header.metadata.map(\.key) == [
                    "modelspec.title", "ss_training_comment", "ss_steps", "my_sshs_hash",
                ]
            )
            for (key, value) in after.header.metadata { #expect(before.metadata[key] == value) }
            #expect(after.header.tensors == before.header.tensors)
            #expect(try after.bytes(of: "w") == SyntheticTensor("w", [2, 4]).bytes)
            #expect(manifest.files.map(\.checksum) == [AverageCheck.checksum(average).text])
            #expect(manifest.files.map(\.size) == [average.count])
            #expect(manifest.members.last?.files.map(\.checksum) == [AverageCheck.checksum(newest).text])
        }
    }

    @Test("what is left fits, though every character of it is escaped as shortly as can be")
    func escapes() throws {
        try withTemporaryDirectory { directory in
            let comment = #""comment":"\#(String(repeating: #"\b\t\n\f\r\u0001"#, count: 2000))""#
            let (newest, average, manifest) = try average([Self.hashes[1], comment], in: directory)
            #expect(average.count == newest.count)
            let (before, after) = (try SafetensorsSample(newest), try SafetensorsSample(average))
            #expect(after.metadata == ["comment": before.metadata["comment"]])
            #expect(manifest.files.map(\.checksum) == [AverageCheck.checksum(average).text])
        }
    }

    @Test("nothing but hashes leaves no metadata")
    func onlyHashes() throws {
        try withTemporaryDirectory { directory in
            let (newest, average, _) = try average(Self.hashes, in: directory)
            #expect(average.count == newest.count)
            #expect(try SafetensorsSample(average).header.metadata.isEmpty)
        }
    }

    @Test("a header without hashes stays byte for byte", arguments: [[], rest])
    func verbatim(pairs: [String]) throws {
        try withTemporaryDirectory { directory in
            let (newest, average, _) = try average(pairs, padding: 3, in: directory)
            #expect(average.dropLast(8) == newest.dropLast(8))
        }
    }

    @Test("a header in exactly so many bytes, or not at all")
    func encodedSize() throws {
        let bytes = Self.file([Self.hashes[0], Self.rest[1]], [1], padding: 0)
        let header = try SafetensorsSample(bytes).header
        let kept = header.metadata.filter { $0.key == "ss_steps" }
        let shortest = try header.encoded(metadata: kept, byteCount: header.headerByteCount)
        let needed = shortest.count - shortest.reversed().prefix { $0 == UInt8(ascii: " ") }.count
        for count in needed..<(needed + 9) {
            let encoded = try header.encoded(metadata: kept, byteCount: count)
            #expect(encoded.count == count)
            let again = try SafetensorsHeader(parsing: encoded, fileByteCount: count + 4)
            #expect(again.metadata.map(\.key) == ["ss_steps"] && again.tensors.map(\.name) == ["w"])
        }
        let error = #expect(throws: SafetensorsError.self) { try header.encoded(metadata: kept, byteCount: needed - 1) }
        #expect(error == .wrongHeaderByteCount(expected: needed - 1, actual: needed))
    }
}
