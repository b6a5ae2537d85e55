/// Reads a file of torch.save in its form before torch 1.6, which it still writes when it is told to.
///
/// Five pickles: a magic number, the version 1001, what machine wrote it, the objects, the list of the storages' keys.
/// Then, in the order of that list and without gaps, for each storage the number of its elements in 64 bits and its
/// bytes: `_legacy_save` in torch/serialization.py. There is no checksum.
struct TorchLegacyReader<Source: ByteSource> {
    private let source: Source
    private let memory: ReaderMemory

    /// Prepares to read a file.
    init(_ source: Source, memory: ReaderMemory) {
        self.source = source
        self.memory = memory
    }

    /// Reads and checks everything but the storages' bytes.
    func read() throws -> TorchContents {
        var pickles = try LegacyPickles(source, memory: memory)
        try checkVersion(pickles.next("version"))
        try checkMachine(pickles.next("system information"))
        let graph = try pickles.next("pickle of the objects")
        pickles.keep(graph)
        let list = try pickles.next("list of storages")
        let order = try storageOrder(list, graph)
        do {
            let storages = try ranges(of: graph.storages, in: order, from: pickles.position)
            return TorchContents(graph: graph, storages: storages, seals: [])
        } catch let error as LegacyError {
            throw TorchError.legacy(error)
        }
    }

    private func checkVersion(_ graph: PickleGraph) throws(TorchError) {
        guard case .int(1001) = graph.root else {
            throw .legacy(.unexpected(part: "version", expected: "1001"))
        }
    }

    private func checkMachine(_ graph: PickleGraph) throws(TorchError) {
        guard let isLittleEndian = graph.value(of: "little_endian", in: graph.root) else {
            throw .legacy(.unexpected(part: "system information", expected: "a dict with \"little_endian\""))
        }
        guard isLittleEndian == .bool(true) else { throw .byteOrder("big") }
    }

    /// The indexes of the graph's storages in the order of the file.
    private func storageOrder(_ list: PickleGraph, _ graph: PickleGraph) throws(TorchError) -> [Int] {
        guard case .list(let keys) = list.root else { throw Self.notKeys }
        let count = list.arena.valueCount(of: keys)
        guard count == graph.storages.count else {
            throw .legacy(.storageListDiffers(listed: count, referenced: graph.storages.count))
        }
        var indexes: [String: Int] = [:]
        indexes.reserveCapacity(count)
        for (index, storage) in graph.storages.enumerated() { indexes[storage.key] = index }
        var order: [Int] = []
        order.reserveCapacity(count)
        for value in list.arena.values(of: keys) {
            guard let key = list.name(value) else { throw Self.notKeys }
            guard let index = indexes.removeValue(forKey: key) else { throw .legacy(.storageUnknown(key: key)) }
            order.append(index)
        }
        return order
    }

    private static var notKeys: TorchError {
        .legacy(.unexpected(part: "list of storages", expected: "a list of short strings"))
    }

    /// Where each storage's bytes lie, by its index in the graph.
    private func ranges(of storages: [StorageReference], in order: [Int], from start: Int) throws -> [Range<Int>] {
        var ranges = [Range<Int>](repeating: 0..<0, count: storages.count)
        var position = start
        for index in order {
            let byteCount = storages[index].byteCount
            guard source.byteCount - position >= 8, source.byteCount - position - 8 >= byteCount else {
                throw LegacyError.truncated(
                    key: storages[index].key,
                    offset: position,
                    byteCount: byteCount,
                    fileByteCount: source.byteCount
                )
            }
            ranges[index] = position + 8..<position + 8 + byteCount
            position += 8 + byteCount
        }
        try checkCounts(of: storages, at: ranges, in: order)
        guard position == source.byteCount else {
            throw LegacyError.trailingBytes(end: position, fileByteCount: source.byteCount)
        }
        return ranges
    }

    /// Checks the number of elements before each storage.
    private func checkCounts(of storages: [StorageReference], at ranges: [Range<Int>], in order: [Int]) throws {
        var reader = BatchedReader(source, plan: order.map { ranges[$0].lowerBound - 8..<ranges[$0].lowerBound })
        for index in order {
            let place = ranges[index].lowerBound - 8
            let offset = try reader.bring(place..<place + 8)
            let stored = Int64(bitPattern: reader.window.uint64(at: offset))
            guard stored == storages[index].elementCount else {
                throw LegacyError.elementCount(
                    key: storages[index].key,
                    offset: place,
                    stored: stored,
                    expected: storages[index].elementCount
                )
            }
        }
    }
}
