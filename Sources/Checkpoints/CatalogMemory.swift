import TensorFormats

/// What a catalog takes in memory, in parts that several catalogs may have in common.
struct CatalogMemory: Sendable {
    /// A part; one and the same object wherever the memory is the same.
    final class Part: Sendable {
        let byteCount: Int

        init(byteCount: Int) { self.byteCount = byteCount }
    }

    /// What a name takes beside its bytes, with its place in the table of names.
    private static let nameByteCount = 120
    /// What a shape or the strides take.
    private static let shapeByteCount = 48

    /// The names of tensors, and the table in which they are looked up.
    var texts: Part
    /// Type, shape and place of each tensor.
    var table: Part
    /// The checksums of the files' own.
    var seals: Part

    /// Estimates what a catalog takes that shares nothing yet.
    init(of entries: [TensorCatalog.Entry], files: [WeightFileDescription]) {
        texts = Part(byteCount: entries.reduce(0) { $0 + Self.nameByteCount + $1.name.utf8.count })
        let rowByteCount = MemoryLayout<TensorCatalog.Entry>.stride + Self.shapeByteCount
        table = Part(
            byteCount: entries.reduce(0) { $0 + rowByteCount + ($1.info.strides == nil ? 0 : Self.shapeByteCount) }
        )
        seals = Part(byteCount: files.reduce(0) { $0 + MemoryLayout<ByteSeal>.stride * $1.seals.count })
    }

    /// The table of entries whose names and shapes are those of another catalog.
    static func table(of entries: [TensorCatalog.Entry]) -> Part {
        Part(byteCount: MemoryLayout<TensorCatalog.Entry>.stride * entries.count)
    }

    /// The bytes of all parts of several catalogs, each part counted once.
    static func byteCount(of catalogs: some Sequence<CatalogMemory>) -> Int {
        var seen: Set<ObjectIdentifier> = []
        return catalogs.reduce(0) { sum, memory in
            [memory.texts, memory.table, memory.seals].reduce(sum) {
                seen.insert(ObjectIdentifier($1)).inserted ? $0 + $1.byteCount : $0
            }
        }
    }
}
