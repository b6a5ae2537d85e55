import LinuxSystem
package import SystemPackage
import TensorFormats

/// Small checkpoints in the Hugging Face layout, made for tests.
package struct SyntheticCheckpoint {
    /// The values of the one averaged tensor, F32.
    package var values: [Float]
    /// Its shape; nil is one dimension.
    package var shape: [Int]?
    /// Its name.
    package var tensorName = "weight"
    /// Whether the file that the trainer writes last is there.
    package var isFinished = true

    /// Describes a checkpoint.
    package init(values: [Float], shape: [Int]? = nil, tensorName: String = "weight", isFinished: Bool = true) {
        self.values = values
        self.shape = shape
        self.tensorName = tensorName
        self.isFinished = isFinished
    }

    /// The bytes of its weight file.
    package var weightBytes: [UInt8] {
        let header = SafetensorsHeader.encode(
            tensors: [(name: tensorName, elementType: .f32, shape: shape ?? [values.count])],
            metadata: [(key: "format", value: "pt")]
        )
        return header
            + values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
    }

    /// Writes `checkpoint-<step>/` into a directory and returns its path.
    @discardableResult
    package func write(step: Int, in directory: FilePath) throws -> FilePath {
        let path = directory.appending("checkpoint-\(step)")
        try Publication.makeDirectories(path)
        try Self.write(Array("{}".utf8), to: path.appending("config.json"))
        try Self.write(weightBytes, to: path.appending("model.safetensors"))
        try Self.write([1, 2, 3], to: path.appending("optimizer.pt"))
        if isFinished { try Self.finish(path, step: step) }
        return path
    }

    /// Writes the file that the trainer writes last.
    package static func finish(_ path: FilePath, step: Int) throws {
        try write(Array("{\"global_step\": \(step)}".utf8), to: path.appending("trainer_state.json"))
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Publication.removeTree(path)
        let file = try File.create(path)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }
}
