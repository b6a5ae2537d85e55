import FoundationEssentials
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What must be at the path of a published average.
struct AverageExpectation {
    /// The parts of a manifest that tests look at.
    private struct Manifest: Decodable {
        struct File: Decodable {
            var path: String
            var size: Int
            var checksum: String
        }
        struct Member: Decodable {
            var name: String
            var step: Int
            var path: String
            var coefficient: Double
            var files: [File]
        }
        var version: Int
        var recipe: String
        var name: String
        var step: Int
        var members: [Member]
        var files: [File]
        var program: String
    }

    let average: FilePath
    let steps: [Int]
    let trainer: SyntheticTrainer
    var name: String?

    /// Compares weights bit for bit with the mean of the steps, companions with the newest checkpoint's, and the
    /// manifest with both.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let isFile = trainer.shape == .file
        let weights = trainer.expected(meanOf: steps)
        for (path, bytes) in weights {
            let found = try Fixture.read(isFile ? average : average.appending(path))
            #expect(found == bytes, "\(average) \(path)", sourceLocation: sourceLocation)
        }
        if !isFile {
            let names = try DaemonPlace.names(in: average)
            let index = trainer.shape == .shards ? ["model.safetensors.index.json"] : []
            #expect(
                Set(names) == Set(["config.json", "lawa.json"] + index + weights.map(\.path)),
                sourceLocation: sourceLocation
            )
        }
        try checkManifest(sourceLocation)
    }

    private func checkManifest(_ sourceLocation: SourceLocation) throws {
        let isFile = trainer.shape == .file
        let name = name ?? average.lastComponent?.string ?? ""
        let path =
            isFile ? average.removingLastComponent().appending(name + ".lawa.json") : average.appending("lawa.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let manifest = try decoder.decode(Manifest.self, from: Data(Fixture.read(path)))
        #expect(manifest.version == 1, sourceLocation: sourceLocation)
        #expect(manifest.name == name && manifest.step == steps.last, sourceLocation: sourceLocation)
        #expect(manifest.members.map(\.step) == steps, sourceLocation: sourceLocation)
        #expect(manifest.members.map(\.name) == steps.map(trainer.name), sourceLocation: sourceLocation)
        #expect(
            manifest.members.allSatisfy { $0.coefficient == 1 / Double(steps.count) },
            sourceLocation: sourceLocation
        )
        let weights = trainer.expected(meanOf: steps)
        #expect(
            manifest.files.map(\.path) == (isFile ? [name] : weights.map(\.path)),
            sourceLocation: sourceLocation
        )
        #expect(manifest.files.map(\.size) == weights.map(\.bytes.count), sourceLocation: sourceLocation)
        #expect(manifest.program.hasPrefix("lawad "), sourceLocation: sourceLocation)
    }
}
