import Text

/// Reads a file of torch.save in its present form, a zip archive.
struct TorchZipReader<Source: ByteSource> {
    private let source: Source
    private let memory: ReaderMemory

    /// Prepares to read a file.
    init(_ source: Source, memory: ReaderMemory) {
        self.source = source
        self.memory = memory
    }

    /// Reads and checks everything but the storages' bytes.
    func read() throws -> TorchContents {
        do { return try contents() } catch let error as ZipError { throw TorchError.zip(error) }
    }

    private func contents() throws -> TorchContents {
        let directory = try ZipDirectory(reading: source, memory: memory)
        let names = try TorchRecordNames(directory)
        var reader = ZipRecordReader(source, directory: directory)
        let records = try reader.records()
        if let index = names.byteOrder {
            let order = try bytes(of: records[index], directory.entries[index], in: directory, limit: 64)
            guard order == Array("little".utf8) else {
                throw TorchError.byteOrder(String(decoding: order, as: UTF8.self))
            }
        }
        let entry = directory.entries[names.pickle]
        let pickle = try bytes(of: records[names.pickle], entry, in: directory, limit: PickleLimits().byteCount)
        let limits = PickleLimits(memory: memory.left(beside: directory.heldByteCount))
        let graph = try graph(of: pickle, limits: limits, name: directory.name(of: entry))
        let storages = try graph.storages.map { try range(of: $0, names, records) }
        let seals = records.compactMap(\.seal)
        let kept = MemoryLayout<Range<Int>>.stride * storages.count + MemoryLayout<ByteSeal>.stride * seals.count
        return TorchContents(graph: graph.beside(kept, of: memory), storages: storages, seals: seals)
    }

    private func graph(of pickle: [UInt8], limits: PickleLimits, name: String) throws(TorchError) -> PickleGraph {
        do throws(PickleError) {
            return try PickleMachine.run(pickle, limits: limits).graph
        } catch {
            throw .pickle(part: "record \(name.quoted)", error)
        }
    }

    /// Reads a record whose bytes mean something here, and compares its checksum.
    private func bytes(
        of record: ZipRecord,
        _ entry: ZipEntry,
        in directory: ZipDirectory,
        limit: Int
    ) throws -> [UInt8] {
        let name = directory.name(of: entry)
        guard record.range.count <= limit else {
            throw ZipError.record(name, .tooLong(byteCount: record.range.count, limit: limit))
        }
        try memory.require(directory.heldByteCount + record.range.count)
        let bytes = try source.bytes(at: record.range.lowerBound, count: record.range.count)
        if let seal = record.seal, case let computed = ZipChecksum(of: bytes).value, computed != seal.checksum {
            throw ZipError.record(name, .checksumMismatch(stored: seal.checksum, computed: computed))
        }
        return bytes
    }

    private func range(
        of storage: StorageReference,
        _ names: TorchRecordNames,
        _ records: [ZipRecord]
    ) throws(TorchError) -> Range<Int> {
        let key = storage.key
        // torch puts the key into a path without looking at it.
        guard !key.isEmpty, key != ".", key != "..", !key.utf8.contains(UInt8(ascii: "/")) else {
            throw .unsafeStorageKey(key)
        }
        guard let index = names.storages[key] else { throw .missingStorage(key: key) }
        let range = records[index].range
        guard range.count == storage.byteCount else {
            throw .storageSize(key: key, byteCount: range.count, expected: storage.byteCount)
        }
        return range
    }
}
