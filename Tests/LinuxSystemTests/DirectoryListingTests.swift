import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct DirectoryListingTests {
    @Test func sortsAndTellsKinds() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([], to: directory.appending("b"))
            try Publication.makeDirectories(directory.appending("a/inner"))
            try Publication.replaceSymlink(at: directory.appending("Z"), target: "a")
            #expect(directory.appending("é").withPlatformString { mkfifo($0, 0o600) } == 0)
            #expect(
                try DirectoryListing.entries(of: directory) == [
                    DirectoryEntry(name: "Z", kind: .symbolicLink),
                    DirectoryEntry(name: "a", kind: .directory),
                    DirectoryEntry(name: "b", kind: .regular),
                    DirectoryEntry(name: "é", kind: .other),
                ]
            )
        }
    }

    @Test func namesThatAreNotTextAreLeftOut() throws {
        try withTemporaryDirectory { directory in
            let rawName: [CChar] = [0x61, -1, 0x62, 0]
            let path = directory.pushing(FilePath(platformString: rawName))
            #expect(try File.create(path).status().size == 0)
            try Fixture.write([], to: directory.appending("text"))
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["text"])
        }
    }

    @Test func longNamesAndManyEntries() throws {
        try withTemporaryDirectory { directory in
            let names = (0..<600).map { "\($0)" } + [String(repeating: "n", count: 255)]
            for name in names {
                #expect(directory.appending(name).withPlatformString { mkdir($0, 0o700) } == 0)
            }
            let listed = try DirectoryListing.entries(of: directory)
            #expect(listed.map(\.name) == names.sorted())
        }
    }

    @Test func emptyAndMissing() throws {
        try withTemporaryDirectory { directory in
            #expect(try DirectoryListing.entries(of: directory) == [])
            let missing = #expect(throws: SystemCallError.self) {
                try DirectoryListing.entries(of: directory.appending("missing"))
            }
            #expect(missing?.isNotFound == true)
            try Fixture.write([], to: directory.appending("f"))
            let file = #expect(throws: SystemCallError.self) {
                try DirectoryListing.entries(of: directory.appending("f"))
            }
            #expect(file?.errorNumber == ENOTDIR)
        }
    }

    @Test func leaksNoDescriptors() throws {
        try withTemporaryDirectory { directory in
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            for _ in 0...min(Int(limit.rlim_cur), 20000) {
                _ = try DirectoryListing.entries(of: directory)
            }
        }
    }
}
