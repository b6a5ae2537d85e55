/// One name in a directory.
package struct DirectoryEntry: Sendable, Equatable {
    /// The name alone, without the directory.
    package let name: String
    /// What it is; symbolic links are not followed.
    package let kind: FileKind

    /// Makes an entry.
    package init(name: String, kind: FileKind) {
        self.name = name
        self.kind = kind
    }
}
