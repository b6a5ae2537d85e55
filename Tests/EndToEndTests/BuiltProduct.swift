import LinuxSystem
import SystemPackage
import Testing

/// Executables of this package, built together with the tests or, where `LAWAD_TEST_PROGRAMS` names a directory, there.
enum BuiltProduct {
    /// The path of a product: it lies beside the test bundle, unless others are to be tested.
    static func path(_ name: String) throws -> FilePath {
        let runner = try #require(CommandLine.arguments.first)
        let beside = FilePath(runner).removingLastComponent()
        let directory = HostProcess.environment("LAWAD_TEST_PROGRAMS").map { FilePath($0) } ?? beside
        let path = HostProcess.absolute(directory).appending(name)
        try #require(try FileStatus.ifPresent(path) != nil, "\(path) is not built")
        return path
    }
}
