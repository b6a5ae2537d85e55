package import Checkpoints
import FoundationEssentials
import LinuxSystem
package import SystemPackage
import TensorFormats

/// Why a manifest could not be used.
package struct ManifestError: Error, CustomStringConvertible {
    package let path: FilePath
    package let problem: String

    /// The problem with its path.
    package var description: String {
        "the manifest \"\(path)\" cannot be used: \(problem)"
    }
}

/// Manifests on disk.
package enum ManifestFile {
    /// Where the manifest of an average is: inside a directory, beside a file.
    package static func path(of average: FilePath, unit: CheckpointCandidate.Unit) -> FilePath {
        switch unit {
        case .directory: average.appending(AverageManifest.fileName)
        case .file: FilePath(average.string + AverageManifest.fileSuffix)
        }
    }

    /// A manifest as the bytes of its file.
    package static func encode(_ manifest: AverageManifest) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(manifest)) + [UInt8(ascii: "\n")]
    }

    /// Reads a manifest; throws `ManifestError` or `SystemCallError`.
    package static func read(_ path: FilePath) throws -> AverageManifest {
        do {
            return try decode(File.openForReading(path), path)
        } catch let error as FileError {
            throw ManifestError(path: path, problem: "\(error)")
        }
    }

    private static func decode(_ file: File, _ path: FilePath) throws -> AverageManifest {
        let byteCount = try file.status().size
        do { try ReaderMemory.ofDecodedJSON.require(byteCount) } catch {
            throw ManifestError(path: path, problem: "\(error)")
        }
        let data = Data(try file.readBytes(at: 0, count: byteCount))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            // First, because a later version need not have the rest of what this one asks for.
            let version = try decoder.decode(VersionOnly.self, from: data).version
            let known = AverageManifest.currentVersion
            guard version == known else {
                throw ManifestError(path: path, problem: "it has version \(version), known is \(known)")
            }
            let manifest = try decoder.decode(AverageManifest.self, from: data)
            if let problem = manifest.impossibleNumber { throw ManifestError(path: path, problem: problem) }
            return manifest
        } catch let error as DecodingError {
            throw ManifestError(path: path, problem: "it does not parse as one (\(error))")
        }
    }

    private struct VersionOnly: Decodable {
        let version: Int
    }

    /// Writes bytes into a new file and makes them durable.
    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try File.create(path)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.synchronize()
    }
}
