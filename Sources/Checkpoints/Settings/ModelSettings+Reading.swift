import TensorFormats

extension ModelSettings {
    /// Far above any configuration; a larger file is none, and is not made into a tree.
    static let maximumByteCount = 1 << 20

    /// The settings that the files beside a checkpoint's weights state, and the weights' own metadata.
    ///
    /// A file that is no JSON states nothing: it is copied as it is, and whoever loads it will tell.
    init(
        of companions: [CheckpointFile],
        in candidate: CheckpointCandidate,
        descriptions: [(file: String, description: WeightFileDescription)],
        memory: ReaderMemory
    ) throws {
        self.init()
        for file in companions where file.fingerprint.byteCount <= Self.maximumByteCount {
            let name = String(file.relativePath.dropFirst(ModelDirectory.directoryPrefix(of: file.relativePath).count))
            guard let keys = SettingNames.keys(inFile: name) else { continue }
            let bytes: [UInt8]
            do { bytes = try SmallFile.read(candidate.path(of: file), memory: memory) } catch is SmallFileError {
                continue
            }
            guard let json = try? JSONValue.parse(bytes, options: JSONOptions(allowsNonFinite: true, memory: memory))
            else { continue }
            if SettingNames.isQuantizationFile(name) {
                add([SettingNames.quantizationFile: json.canonicalText], of: file.relativePath)
            } else {
                add(Self.statements(in: json, of: keys), of: file.relativePath)
            }
        }
        for (file, description) in descriptions { add(description.settings, of: file) }
    }

    /// The settings that a file's metadata states, by key.
    static func statements(inMetadata metadata: [(key: String, value: String)]) -> [String: String] {
        var statements: [String: String] = [:]
        for (key, value) in metadata {
            if SettingNames.isMetadata(key) { statements[key] = JSONValue.string(value).canonicalText }
            guard key == SettingNames.adapterMetadata, value.utf8.count <= maximumByteCount,
                let json = try? JSONValue.parse(Array(value.utf8))
            else { continue }
            statements.merge(Self.statements(in: json, of: SettingNames.adapter)) { $1 }
        }
        return statements
    }

    /// The settings of an object and those within it, with the names of the objects around them.
    private static func statements(
        in json: JSONValue,
        of keys: Set<String>,
        prefix: String = "",
        depth: Int = SettingNames.depth
    ) -> [String: String] {
        guard let members = json.members, depth > 0 else { return [:] }
        var statements: [String: String] = [:]
        for member in members {
            let path = prefix + member.key
            if keys.contains(SettingNames.lastKey(member.key)) {
                let isUnset = SettingNames.countsWhereAbsent(member.key) && member.value.isUnset
                if !isUnset { statements[path] = member.value.canonicalText }
            } else {
                statements.merge(Self.statements(in: member.value, of: keys, prefix: path + ".", depth: depth - 1)) {
                    $1
                }
            }
        }
        return statements
    }
}

extension JSONValue {
    /// Whether the value says that something is not so, as leaving it out does.
    fileprivate var isUnset: Bool { [.null, .bool(false), .object([]), .array([])].contains(self) }
}
