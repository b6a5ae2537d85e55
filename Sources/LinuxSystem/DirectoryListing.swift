package import SystemPackage

/// Lists directories.
package enum DirectoryListing {
    /// Everything in a directory but `.` and `..`, sorted by the bytes of the name.
    ///
    /// Names that are not UTF-8 are left out: a repaired name would be the path of something else. Entries that vanish
    /// meanwhile are left out too.
    package static func entries(of path: FilePath) throws(SystemCallError) -> [DirectoryEntry] {
        let stream = try DirectoryStream(path)
        var entries: [DirectoryEntry] = []
        while let (rawName, reportedKind) = try stream.next() {
            let nameBytes = rawName.dropLast().map(UInt8.init(bitPattern:))
            var kind = reportedKind
            if kind == nil {
                kind = try stream.kind(of: rawName)
            }
            if let kind, let name = String(validating: nameBytes, as: UTF8.self) {
                entries.append(DirectoryEntry(name: name, kind: kind))
            }
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
