import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport

/// Checkpoints so large that an average of them takes a while, made quickly: all rows of their one tensor are the same.
struct LargeCheckpoint {
    /// The bytes of the weights.
    static let byteCount = 2048 * 65_536

    private static let row = SyntheticModel.Tensor(name: "w", type: .f32, rows: 1, columns: 16_384)
    private static let rowCount = byteCount / 65_536

    /// Saves the checkpoint of a step.
    static func save(_ step: Int, in directory: FilePath) throws {
        let trainer = SyntheticTrainer(directory)
        try trainer.beginDirectory(step)
        let file = try File.create(trainer.path(step).appending("model.safetensors"))
        let bytes = SyntheticModel(tensors: [row]).payload(step: step)
        try header.withUnsafeBytes { try file.write($0, at: 0) }
        for index in 0..<rowCount {
            try bytes.withUnsafeBytes { try file.write($0, at: header.count + index * bytes.count) }
        }
        try trainer.finishDirectory(step)
    }

    /// Whether a file holds the mean of some steps.
    static func isMean(of steps: [Int], _ path: FilePath) throws -> Bool {
        let file = try File.openForReading(path)
        let expected = Array(SyntheticModel(tensors: [row]).file(meanOf: steps).suffix(65_536))
        guard try file.status().size == header.count + byteCount,
            try file.readBytes(at: 0, count: header.count) == header
        else { return false }
        return try (0..<rowCount).allSatisfy {
            try file.readBytes(at: header.count + $0 * expected.count, count: expected.count) == expected
        }
    }

    private static let header = SafetensorsHeader.encode(
        tensors: [(row.name, row.type, [rowCount, row.columns])],
        metadata: [("format", "pt")]
    )
}
