package import TensorFormats

/// Where each tensor of a checkpoint lies: the answer that every format reader gives.
package struct TensorCatalog: Sendable {
    /// One tensor and the weight file that holds it.
    package struct Entry: Sendable {
        /// The name by which tensors are matched across checkpoints: the tensor's own, after the sub-directory if any.
        package let name: String
        /// Type, shape and byte range within the file.
        package let info: TensorInfo
        /// Index into the checkpoint's `weights`.
        package let file: Int
    }

    /// All tensors, file by file, in the order in which the file tells of them.
    package let entries: [Entry]
    /// What each of the checkpoint's weight files says about itself.
    package let files: [WeightFileDescription]

    private let positions: [String: Int]

    /// Takes the tensors of one weight file after the other; throws where a name stands twice.
    init(_ entries: [Entry], files: [WeightFileDescription], names: [String]) throws(Incompleteness) {
        var positions: [String: Int] = [:]
        positions.reserveCapacity(entries.count)
        for (position, entry) in entries.enumerated() {
            if let earlier = positions.updateValue(position, forKey: entry.name) {
                throw .invalidWeights(
                    file: names[entry.file],
                    problem: "tensor \"\(entry.name)\" is in \"\(names[entries[earlier].file])\" as well"
                )
            }
        }
        self.entries = entries
        self.files = files
        self.positions = positions
    }

    /// The tensor of a name, or nil.
    package subscript(name: String) -> Entry? {
        positions[name].map { entries[$0] }
    }

    /// Where in `entries` a name stands, or nil; asked first is the place that it has in another member.
    ///
    /// Members of one run nearly always hold their tensors in one order, and a comparison costs far less than a lookup.
    package func position(of name: String, likely: Int) -> Int? {
        if entries.indices.contains(likely), entries[likely].name == name { return likely }
        return positions[name]
    }

    /// The training step that the files tell, if any does.
    package var step: Step? { files.lazy.compactMap(\.step).first }

    /// How many tensors there are.
    package var count: Int { entries.count }
}
