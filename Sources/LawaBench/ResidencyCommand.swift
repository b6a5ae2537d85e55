import ArgumentParser
import LinuxSystem
import SystemPackage

/// `LawaBench residency`: how much of files is in the page cache.
struct ResidencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "residency",
        abstract: "Tell how much of each file is in the page cache."
    )

    @Argument(help: "Files.")
    var files: [String]

    func run() throws {
        try JSONOutput.print(try files.map { try Residency(FilePath($0)) })
    }

    private struct Residency: Encodable {
        let bytes: Int
        let cachedBytes: Int
        let share: Double

        init(_ path: FilePath) throws {
            let file = try File.openForReading(path)
            bytes = try file.status().size
            cachedBytes = try PageCache.cachedBytes(of: file)
            share = bytes == 0 ? 0 : Double(cachedBytes) / Double(bytes)
        }
    }
}
