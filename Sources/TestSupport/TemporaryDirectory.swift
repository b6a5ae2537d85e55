import LinuxSystem
package import SystemPackage

/// A new directory that is removed, with everything in it, when the value goes out of scope.
package struct TemporaryDirectory: ~Copyable, Sendable {
    /// Where it is; absolute.
    package let path: FilePath

    /// Makes it in $TMPDIR, or in /tmp.
    package init() throws {
        let parent = HostProcess.environment("TMPDIR").map { FilePath($0) } ?? "/tmp"
        path = try Publication.makeTemporaryDirectory(in: HostProcess.absolute(parent), prefix: "lawa-test-")
    }

    /// Makes a file in it, and the directories that `name` goes through.
    @discardableResult
    package func file(_ name: String, bytes: [UInt8]) throws -> FilePath {
        let file = path.appending(name)
        try Publication.makeDirectories(file.removingLastComponent())
        try Fixture.write(bytes, to: file)
        return file
    }

    deinit {
        try? Publication.removeTree(path)
    }
}

/// Hands a new directory to `body` and removes it afterwards.
package func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let directory = try TemporaryDirectory()
    return try body(directory.path)
}

/// Hands a new directory to `body` and removes it afterwards.
package func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (FilePath) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    return try await body(directory.path)
}

/// Whole files in one step, for tests only.
package enum Fixture {
    /// All bytes of a file.
    package static func read(_ path: FilePath) throws -> [UInt8] {
        let file = try File.openForReading(path)
        return try file.readBytes(at: 0, count: file.status().size)
    }

    /// Writes a file; what was at `path` is removed first, so other links to it keep their bytes.
    package static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Publication.removeTree(path)
        let file = try File.create(path)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }
}
