import LinuxSystem
import SystemPackage
import Testing

/// Executables of this package, built together with the tests.
enum BuiltProduct {
    /// The path of a product: it lies beside the test bundle.
    static func path(_ name: String) throws -> FilePath {
        let runner = try #require(CommandLine.arguments.first)
        let path = HostProcess.absolute(FilePath(runner)).removingLastComponent().appending(name)
        try #require(try FileStatus.ifPresent(path) != nil, "\(path) is not built")
        return path
    }
}
