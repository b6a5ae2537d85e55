import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct RemoveTreeTests {
    @Test func removesFilesLinksAndTrees() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("t")
            try Publication.makeDirectories(path.appending("a/b"))
            try Publication.makeDirectories(path.appending("c"))
            try Fixture.write([1], to: path.appending("a/b/f"))
            #expect(path.appending("pipe").withPlatformString { mkfifo($0, 0o600) } == 0)
            let oddName: [CChar] = [-1, -2, 0]
            #expect(try File.create(path.pushing(FilePath(platformString: oddName))).status().size == 0)
            try Publication.removeTree(path)
            try Publication.removeTree(path)
            try Publication.removeTree(path.appending("below/nothing"))
            #expect(try DirectoryListing.entries(of: directory) == [])
        }
    }

    @Test func neverFollowsLinks() throws {
        try withTemporaryDirectory { directory in
            let precious = directory.appending("precious/f")
            try Publication.makeDirectories(directory.appending("precious"))
            try Fixture.write([1], to: precious)
            let path = directory.appending("t")
            try Publication.makeDirectories(path)
            try Publication.replaceSymlink(at: path.appending("inside"), target: "../precious")
            try Publication.replaceSymlink(at: directory.appending("link"), target: "precious")
            try Publication.removeTree(path)
            try Publication.removeTree(directory.appending("link"))
            #expect(try Fixture.read(precious) == [1])
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["precious"])
        }
    }

    @Test func deepTreesGo() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("t")
            try Publication.makeDirectories((0..<100).reduce(path) { path, _ in path.appending("d") })
            try Publication.removeTree(path)
            #expect(try FileStatus.ifPresent(path) == nil)
        }
    }

    @Test("a tree deeper than a path can name goes")
    func veryDeepTreesGo() throws {
        try withTemporaryDirectory { directory in
            let (tree, next) = (directory.appending("t"), directory.appending("n"))
            try Publication.makeDirectories(tree)
            // Each level is put above the others, for the whole path would be too long.
            for level in 0..<12_000 {
                try Publication.makeDirectories(next)
                if level % 100 == 0 { try Fixture.write([1], to: next.appending("f")) }
                #expect(rename(tree.string, next.appending("directory").string) == 0)
                #expect(rename(next.string, tree.string) == 0)
            }
            try Publication.removeTree(tree)
            #expect(try DirectoryListing.entries(of: directory).isEmpty)
        }
    }

    @Test func failuresNameThePath() throws {
        let error = #expect(throws: SystemCallError.self) { try Publication.removeTree("/proc/self/status") }
        #expect(error?.path == "/proc/self/status" && error?.isPermissionDenied == true)
        let inner = #expect(throws: SystemCallError.self) { try Publication.removeTree("/proc/self/net") }
        #expect(inner != nil)
    }
}
