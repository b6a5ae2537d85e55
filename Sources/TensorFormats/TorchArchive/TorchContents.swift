/// What the readers of both forms of torch.save's files find.
struct TorchContents {
    /// The objects.
    let graph: PickleGraph
    /// Where the storages of the graph lie in the file, in the same order.
    let storages: [Range<Int>]
    /// The file's checksums, in the order of the bytes that they cover.
    let seals: [ByteSeal]

    /// The size of all storages together, each counted once.
    ///
    /// One that the pickle knows under two types is twice among the storages of the graph.
    var storageByteCount: Int {
        var counted = Set<Int>(minimumCapacity: storages.count)
        return storages.reduce(0) { counted.insert($1.lowerBound).inserted ? $0 + $1.count : $0 }
    }
}
