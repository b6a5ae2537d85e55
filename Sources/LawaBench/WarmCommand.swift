import ArgumentParser
import LinuxSystem
import SystemPackage

/// `LawaBench warm`: reads files, so that the page cache holds them.
struct WarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm",
        abstract: "Read files, so that the page cache holds them."
    )

    @Argument(help: "Files.")
    var files: [String]

    func run() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        for path in files { try PageCache.fill(File.openForReading(FilePath(path)), with: buffer) }
    }
}
