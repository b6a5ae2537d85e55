import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct SymlinkReplacementTests {
    @Test func makesAndReplacesLinks() throws {
        try withTemporaryDirectory { directory in
            let staging = directory.appending("staging")
            try Publication.makeDirectories(staging)
            let link = directory.appending("latest")
            for target in ["step-1", "step-2", "../elsewhere"] {
                try Publication.replaceSymlink(at: link, target: target, staging: staging)
                #expect(try SymbolicLink.target(of: link).string == target)
            }
            #expect(try DirectoryListing.entries(of: staging) == [])
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["latest", "staging"])
        }
    }

    @Test func aLinkToADirectoryIsReplacedNotEntered() throws {
        try withTemporaryDirectory { directory in
            try Publication.makeDirectories(directory.appending("real"))
            let link = directory.appending("latest")
            try Publication.replaceSymlink(at: link, target: "real")
            try Publication.replaceSymlink(at: link, target: "other")
            #expect(try SymbolicLink.target(of: link) == "other")
            #expect(try DirectoryListing.entries(of: directory.appending("real")) == [])
        }
    }

    @Test func nothingElseIsReplaced() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([1], to: directory.appending("f"))
            try Publication.makeDirectories(directory.appending("d"))
            for name in ["f", "d"] {
                let error = #expect(throws: SystemCallError.self) {
                    try Publication.replaceSymlink(at: directory.appending(name), target: "x")
                }
                #expect(error?.errorNumber == EEXIST)
            }
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["d", "f"])
            #expect(try Fixture.read(directory.appending("f")) == [1])
        }
    }

    @Test func onlyLinksHaveTargets() throws {
        try withTemporaryDirectory { directory in
            let error = #expect(throws: SystemCallError.self) { try SymbolicLink.target(of: directory) }
            #expect(error?.errorNumber == EINVAL)
            let long = String(repeating: "t", count: 4000)
            try Publication.replaceSymlink(at: directory.appending("l"), target: long)
            #expect(try SymbolicLink.target(of: directory.appending("l")).string == long)
        }
    }
}
