import TensorFormats

/// What a file of `torch.save` holds.
enum TorchWeights {
    /// The content by its directory and its pickle; nothing of it is run.
    static func read(_ bytes: FileBytes, model paths: [String]?, memory: ReaderMemory) throws -> WeightFile.Content {
        let file = try TorchFile(reading: bytes, memory: memory)
        let model = try file.model(at: paths?.map(ModelPath.path))
        let ranges = model.tensors.map(\.byteRange).filter { !$0.isEmpty }
        let payload = (ranges.map(\.lowerBound).min() ?? 0)..<(ranges.map(\.upperBound).max() ?? 0)
        return WeightFile.Content(
            description: WeightFileDescription(
                format: file.container == .zip ? .torchZip : .torchLegacy,
                seals: file.seals,
                model: WeightFileDescription.Model(
                    path: model.paths.map(ModelPath.text).joined(separator: ", "),
                    reason: model.reason,
                    others: model.others
                ),
                // Ultralytics writes an epoch of -1 into what is finished.
                step: file.step.flatMap { $0 < 0 ? nil : Step($0) }
            ),
            tensors: model.tensors,
            // Where the archive carries checksums they tell lost pages from weights that are zero.
            payload: file.seals.isEmpty ? payload : 0..<0
        )
    }
}
