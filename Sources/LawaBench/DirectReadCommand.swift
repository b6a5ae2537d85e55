import ArgumentParser
import SystemPackage

/// `LawaBench direct-read`: the disk's sequential bandwidth, measured on files.
struct DirectReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "direct-read",
        abstract: "Read files past the page cache, in requests of 1 MiB from front to end."
    )

    @Option(help: "Threads that take turns at the next request.")
    var threads = 1

    @Argument(help: "Files.")
    var files: [String]

    mutating func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads must be 1 or more") }
    }

    func run() throws {
        let reader = try DirectReader(files.map { FilePath($0) })
        let clock = ContinuousClock()
        let start = clock.now
        let bytes = try reader.read(threads: threads)
        try JSONOutput.print(Figures(bytes: bytes, seconds: (clock.now - start) / .seconds(1)))
    }

    private struct Figures: Encodable {
        let bytes: Int
        let seconds: Double
    }
}
