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
    private let memory: CatalogMemory

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
        self.init(entries, files, positions, CatalogMemory(of: entries, files: files))
    }

    private init(
        _ entries: [Entry],
        _ files: [WeightFileDescription],
        _ positions: [String: Int],
        _ memory: CatalogMemory
    ) {
        self.entries = entries
        self.files = files
        self.positions = positions
        self.memory = memory
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

extension TensorCatalog {
    /// The same catalog in the memory of another one, as far as both say the same.
    ///
    /// Members of one run nearly always have the same tensors at the same places, and a pin has those of what it keeps;
    /// alone, each catalog of a hundred thousand tensors would take some 40 MB.
    package func sharing(_ other: TensorCatalog) -> TensorCatalog {
        guard entries.count == other.entries.count, zip(entries, other.entries).allSatisfy({ $0.name == $1.name })
        else {
            return self
        }
        var memory = memory
        memory.texts = other.memory.texts
        var files = files
        if files.count == other.files.count, zip(files, other.files).allSatisfy({ $0.seals == $1.seals }) {
            files = zip(files, other.files).map { $0.with(seals: $1.seals) }
            memory.seals = other.memory.seals
        }
        if zip(entries, other.entries).allSatisfy({ $0.info == $1.info && $0.file == $1.file }) {
            memory.table = other.memory.table
            return TensorCatalog(other.entries, files, other.positions, memory)
        }
        let entries = zip(entries, other.entries).map {
            Entry(name: $1.name, info: $0.info.sharing($1.info), file: $0.file)
        }
        // The few that have a shape of their own do not count.
        memory.table = CatalogMemory.table(of: entries)
        return TensorCatalog(entries, files, other.positions, memory)
    }

    /// What several catalogs hold together, in bytes; what they share counts once.
    package static func heldByteCount(of catalogs: some Sequence<TensorCatalog>) -> Int {
        CatalogMemory.byteCount(of: catalogs.lazy.map(\.memory))
    }
}

extension TensorInfo {
    /// The same tensor with the name and the shape of another one in memory, where they are equal.
    fileprivate func sharing(_ other: TensorInfo) -> TensorInfo {
        TensorInfo(
            name: name == other.name ? other.name : name,
            elementType: elementType,
            shape: shape == other.shape ? other.shape : shape,
            byteRange: byteRange,
            strides: strides == other.strides ? other.strides : strides,
            isOpaque: isOpaque
        )
    }
}
