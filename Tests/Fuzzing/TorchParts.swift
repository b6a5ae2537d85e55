/// A file of torch.save taken apart, to be put together again around another pickle.
struct TorchParts {
    /// How the file was put together.
    private enum Container {
        /// The records but those of the pickle and its storages, names and data.
        case zip(directory: String, others: [(name: [UInt8], data: [UInt8])])
        /// What stands before the pickle of the objects.
        case legacy(head: [UInt8])
    }

    /// The pickle of the objects.
    private(set) var pickle: [UInt8]
    private let container: Container

    /// The largest storage that a file is given; more bytes would only make it slower to read.
    private static let storageByteLimit = 256

    /// Takes a file apart as far as its pickle can be told from the rest; nil where it cannot.
    init?(_ bytes: [UInt8]) {
        if let parts = Self.zip(bytes) ?? Self.legacy(bytes) { self = parts } else { return nil }
    }

    private init(pickle: [UInt8], container: Container) {
        self.pickle = pickle
        self.container = container
    }

    /// The same file with other objects.
    func replacingPickle(by pickle: [UInt8]) -> TorchParts { TorchParts(pickle: pickle, container: container) }

    /// The file, with a storage of zeros for each one that the pickle refers to.
    ///
    /// - Parameter isExact: Whether each storage is as long as the pickle says, if it is small; otherwise some are not.
    func bytes(isExact: Bool) -> [UInt8] {
        let storages = (try? PickleMachine.run(pickle))?.graph.storages ?? []
        let data = storages.enumerated().map { index, storage in
            let count = min(storage.byteCount, Self.storageByteLimit) + (isExact || index % 3 > 0 ? 0 : 1)
            return (key: storage.key, count: storage.elementCount, bytes: [UInt8](repeating: 0, count: count))
        }
        switch container {
        case .zip(let directory, let others):
            var records = [(name: Array("\(directory)/data.pkl".utf8), data: pickle)] + others
            var keys: Set<String> = []
            for storage in data where keys.insert(storage.key).inserted {
                records.append((Array("\(directory)/data/\(storage.key)".utf8), storage.bytes))
            }
            return Self.archive(records)
        case .legacy(let head):
            var bytes = head + pickle + [0x80, 2, 0x5D, 0x28]
            for storage in data { bytes += Self.text(storage.key) }
            bytes += [0x65, 0x2E]
            for storage in data { bytes += Self.little(storage.count) + storage.bytes }
            return bytes
        }
    }

    /// The file with every CRC-32 that its directory knows made true.
    static func mendingSeals(of bytes: [UInt8]) -> [UInt8] {
        var mended = bytes
        guard let directory = try? ZipDirectory(reading: FileInMemory(bytes)) else { return bytes }
        var reader = ZipRecordReader(FileInMemory(bytes), directory: directory)
        for seal in (try? reader.records())?.compactMap(\.seal) ?? [] {
            let checksum = little(ZipChecksum(of: Array(bytes[seal.range])).value)
            for place in seal.places { mended.replaceSubrange(place..<place + 4, with: checksum) }
        }
        return mended
    }
}

extension TorchParts {
    private static func zip(_ bytes: [UInt8]) -> TorchParts? {
        let source = FileInMemory(bytes)
        guard let directory = try? ZipDirectory(reading: source), let names = try? TorchRecordNames(directory) else {
            return nil
        }
        var reader = ZipRecordReader(source, directory: directory)
        guard let records = try? reader.records() else { return nil }
        let storages = Set(names.storages.values)
        let others = directory.entries.indices.filter { $0 != names.pickle && !storages.contains($0) }.map { index in
            (name: Array(directory.bytes[directory.entries[index].name]), data: Array(bytes[records[index].range]))
        }
        let name = directory.name(of: directory.entries[names.pickle]).dropLast("/data.pkl".count)
        return TorchParts(
            pickle: Array(bytes[records[names.pickle].range]),
            container: .zip(directory: String(name), others: others)
        )
    }

    private static func legacy(_ bytes: [UInt8]) -> TorchParts? {
        guard var pickles = try? LegacyPickles(FileInMemory(bytes)), (try? pickles.next("")) != nil,
            (try? pickles.next("")) != nil
        else { return nil }
        let start = pickles.position
        guard (try? pickles.next("")) != nil else { return nil }
        return TorchParts(
            pickle: Array(bytes[start..<pickles.position]),
            container: .legacy(head: Array(bytes[..<start]))
        )
    }

    /// A zip archive without anything that a reader could do without.
    private static func archive(_ records: [(name: [UInt8], data: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for (name, data) in records {
            let zeros: [UInt8] = [0, 0, 0, 0]
            let common =
                zeros + zeros + little(ZipChecksum(of: data).value) + little(UInt32(data.count))
                + little(UInt32(data.count)) + little(UInt16(truncatingIfNeeded: name.count))
            directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0] + common + zeros + zeros + zeros + little(UInt32(bytes.count))
            directory += name
            bytes += [0x50, 0x4B, 3, 4, 0, 0] + common + [0, 0] + name + data
        }
        let count = little(UInt16(truncatingIfNeeded: records.count))
        return bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + little(UInt32(directory.count))
            + little(UInt32(bytes.count)) + [0, 0]
    }

    private static func text(_ text: String) -> [UInt8] {
        [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
