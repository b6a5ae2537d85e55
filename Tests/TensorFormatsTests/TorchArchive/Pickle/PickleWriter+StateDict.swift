extension PickleWriter {
    /// A tensor of one dimension that is all of a storage of its own.
    struct Entry {
        var name: String
        var key: String
        var count: Int
        var storageClass = "FloatStorage"
        /// Whether the storage is written as in the form before torch 1.6.
        var isLegacy = false
    }

    /// A whole pickle of a dict of tensors, and of one more pair of a key and the opcodes of a value.
    static func stateDict(_ entries: [Entry], extra: (String, [UInt8])? = nil) -> [UInt8] {
        let tensors = entries.map { entry in
            let more = entry.isLegacy ? [none] : []
            let storage = storage(entry.key, entry.storageClass, count: entry.count, more: more)
            return (text(entry.name), tensor(storage, [entry.count], [1]))
        }
        return pickle(dict(tensors + (extra.map { [(text($0.0), $0.1)] } ?? [])))
    }
}
