import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct FileSystemTests {
    @Test func spaceIsPlausible() throws {
        try withTemporaryDirectory { directory in
            let space = try FileSystem.space(at: directory)
            #expect(space.total > 0 && space.available >= 0 && space.available <= space.total)
        }
    }

    @Test(arguments: [("/proc", "proc"), ("/sys", "sysfs")] as [(FilePath, String)])
    func knowsTheCommonOnes(path: FilePath, name: String) throws {
        #expect(try FileSystem.typeName(at: path) == name)
    }

    @Test func theTemporaryDirectoryHasAName() throws {
        try withTemporaryDirectory { directory in
            let name = try FileSystem.typeName(at: directory)
            #expect(!name.isEmpty)
        }
    }

    @Test func whatIsMissingHasNone() {
        #expect(throws: SystemCallError.self) { try FileSystem.space(at: "/missing/path") }
        #expect(throws: SystemCallError.self) { try FileSystem.typeName(at: "/missing/path") }
    }
}
