import FoundationEssentials
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// A real run's checkpoints, with the exact means of the five.
struct RunFixture {
    /// `expected.json`: what must become of each tensor.
    struct Expectation: Decodable {
        struct Weights: Decodable {
            let file: String
            let expected: String
            let averaged: [String]
        }

        let window: [String]
        let newest: String
        let weights: [Weights]
        let required: [String]
    }

    /// Names of the fixtures.
    static let names = ["hf-trainer", "hf-sharded", "peft-lora"]
    private static let root = FilePath(#filePath).removingLastComponent().appending("Fixtures")

    let expectation: Expectation
    private let directory: FilePath

    init(_ name: String) throws {
        directory = Self.root.appending(name)
        let bytes = try Fixture.read(directory.appending("expected/expected.json"))
        expectation = try JSONDecoder().decode(Expectation.self, from: Data(bytes))
    }

    /// Copies a directory of the fixtures to a place that a test may do anything with.
    static func copy(_ name: String, to destination: FilePath) throws {
        try copyTree(root.appending(name), to: destination)
    }

    /// The bytes that a weight file of the average must have: the newest's, with the means in place.
    func averagedBytes(of weights: Expectation.Weights) throws -> [UInt8] {
        var bytes = try Fixture.read(directory.appending("run/\(expectation.newest)/\(weights.file)"))
        let means = try Fixture.read(directory.appending("expected/\(weights.expected)"))
        let spans = try Self.spans(means)
        let targets = try Self.spans(bytes)
        for name in weights.averaged {
            let (source, target) = (try #require(spans[name]), try #require(targets[name]))
            bytes.replaceSubrange(target, with: means[source])
        }
        return bytes
    }

    /// The bytes of another file of the newest checkpoint.
    func newestBytes(_ name: String) throws -> [UInt8] {
        try Fixture.read(directory.appending("run/\(expectation.newest)/\(name)"))
    }

    /// Where the tensors of a safetensors file lie.
    static func spans(_ bytes: [UInt8]) throws -> [String: Range<Int>] {
        let count = try SafetensorsHeader.headerByteCount(prefix: bytes.prefix(8), fileByteCount: bytes.count)
        let header = try SafetensorsHeader(parsing: Array(bytes[..<count]), fileByteCount: bytes.count)
        return Dictionary(uniqueKeysWithValues: header.tensors.map { ($0.name, $0.byteRange) })
    }

    private static func copyTree(_ source: FilePath, to destination: FilePath) throws {
        try Publication.makeDirectories(destination)
        for entry in try DirectoryListing.entries(of: source) {
            let (from, to) = (source.appending(entry.name), destination.appending(entry.name))
            if entry.kind == .directory { try copyTree(from, to: to) } else { try Publication.copyFile(from, to: to) }
        }
    }
}
