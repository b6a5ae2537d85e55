import LinuxSystem
import SystemPackage

/// Copies of the directories in `Fixtures`, which tests may then spoil.
enum FixtureCopy {
    private static let root = FilePath(#filePath).removingLastComponent().appending("Fixtures")

    /// Copies a directory of files to a new place.
    static func make(of name: String, at destination: FilePath) throws {
        let source = root.pushing(FilePath(name))
        try Publication.makeDirectories(destination)
        for entry in try DirectoryListing.entries(of: source) {
            try Publication.copyFile(source.appending(entry.name), to: destination.appending(entry.name))
        }
    }
}
