import ArgumentParser
import LinuxSystem
import SystemPackage

/// `LawaBench evict`: drops files from the page cache.
struct EvictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evict",
        abstract: "Write files back and drop them from the page cache."
    )

    @Argument(help: "Files.")
    var files: [String]

    func run() throws {
        for path in files { try PageCache.drop(File.openForReading(FilePath(path))) }
    }
}
