import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport

@testable import Checkpoints

/// Checkpoints of which only the catalog is made up: all that planning looks at.
enum CatalogSample {
    /// A tensor of 32-bit floats, or of another type; without a shape it is as long as its bytes.
    static func tensor(
        _ name: String,
        _ bytes: Range<Int>,
        type: ElementType = .f32,
        shape: [Int]? = nil,
        strides: [Int]? = nil,
        isOpaque: Bool = false
    ) -> TensorInfo {
        TensorInfo(
            name: name,
            elementType: type,
            shape: shape ?? [bytes.count * 8 / type.bitCount],
            byteRange: bytes,
            strides: strides,
            isOpaque: isOpaque
        )
    }

    /// The catalog of some weight files.
    static func catalog(_ files: [[TensorInfo]], model: String = "model") throws -> TensorCatalog {
        let entries = files.enumerated().flatMap { index, tensors in
            tensors.map { TensorCatalog.Entry(name: $0.name, info: $0, file: index) }
        }
        let description = WeightFileDescription(
            format: .torchZip,
            model: WeightFileDescription.Model(path: model, reason: "", others: [])
        )
        return try TensorCatalog(
            entries,
            files: files.map { _ in description },
            names: files.indices.map { "file-\($0).bin" }
        )
    }

    /// A checkpoint of weight files that are there, and empty.
    static func checkpoint(
        step: Int,
        _ files: [[TensorInfo]],
        model: String = "model",
        in directory: FilePath
    ) throws -> Checkpoint {
        let path = directory.appending("checkpoint-\(step)")
        try Publication.makeDirectories(path)
        let weights = try files.indices.map { index in
            let file = path.appending("file-\(index).bin")
            try Fixture.write([], to: file)
            return CheckpointFile(
                relativePath: "file-\(index).bin",
                fingerprint: FileFingerprint(try FileStatus.of(file))
            )
        }
        return Checkpoint(
            candidate: CheckpointCandidate(name: "checkpoint-\(step)", step: Step(step), unit: .directory, path: path),
            weights: weights,
            companions: [],
            markers: [],
            catalog: try catalog(files, model: model),
            savingEnded: 0
        )
    }
}
