/// What the records of a zip archive of torch.save are, by their names.
///
/// All names begin with the same directory, which is any: `<p>/data.pkl` holds the objects, `<p>/data/<key>` the bytes
/// of one storage, `<p>/byteorder` a word; the others do not matter for reading.
struct TorchRecordNames {
    /// The index of the record with the pickle.
    let pickle: Int
    /// The index of the record that names the byte order, which old archives lack.
    let byteOrder: Int?
    /// The index of every storage's record, by the storage's key.
    let storages: [String: Int]

    /// Sorts the records of an archive, none of which may appear twice.
    init(_ directory: ZipDirectory) throws {
        let pickles = directory.entries.indices.filter { index in
            directory.bytes[directory.entries[index].name].suffix(Self.pickleSuffix.count).elementsEqual(
                Self.pickleSuffix
            )
        }
        guard let pickle = pickles.first else {
            throw TorchError.noPickle(
                recordCount: directory.entries.count,
                example: directory.name(of: directory.entries[0])
            )
        }
        guard pickles.count == 1 else {
            throw TorchError.severalPickles(pickles.prefix(2).map { directory.name(of: directory.entries[$0]) })
        }
        let base = Array(directory.bytes[directory.entries[pickle].name].dropLast("data.pkl".utf8.count))
        let storageBase = base + Array("data/".utf8)
        var storages: [String: Int] = [:]
        storages.reserveCapacity(directory.entries.count)
        var others: [String: Int] = [:]
        for (index, entry) in directory.entries.enumerated() {
            let name = directory.bytes[entry.name]
            let isStorage = name.starts(with: storageBase)
            let key = String(decoding: isStorage ? name.dropFirst(storageBase.count) : name, as: UTF8.self)
            let other = isStorage ? storages.updateValue(index, forKey: key) : others.updateValue(index, forKey: key)
            guard other == nil else { throw ZipError.record(directory.name(of: entry), .duplicate) }
        }
        let prefix = String(decoding: base, as: UTF8.self)
        let code = others.filter { $0.key == prefix + "constants.pkl" || $0.key.hasPrefix(prefix + "code/") }
        if let first = code.min(by: { $0.value < $1.value }) { throw TorchError.torchScript(record: first.key) }
        self.pickle = pickle
        self.byteOrder = others[prefix + "byteorder"]
        self.storages = storages
    }

    private static let pickleSuffix = Array("/data.pkl".utf8)
}
