import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct SymbolicLinkTests {
    /// Links that a tree of directories has, each with its target, and what the way to a path leads through.
    struct Way: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var directories: [String] = []
        let links: [(name: String, target: String)]
        let path: String
        let expected: [String]
    }

    private static let ways = [
        Way(testDescription: "no link", directories: ["a/b"], links: [], path: "a/b", expected: []),
        Way(
            testDescription: "the last component",
            directories: ["runs/one", "a"],
            links: [("a/run", "../runs/one")],
            path: "a/run",
            expected: ["a"]
        ),
        Way(
            testDescription: "in the middle",
            directories: ["disk/run"],
            links: [("data", "disk")],
            path: "data/run",
            expected: [""]
        ),
        Way(
            testDescription: "a chain",
            directories: ["a", "b", "c", "d/run"],
            links: [("a/x", "../b/y"), ("b/y", "../c/z"), ("c/z", "../d")],
            path: "a/x/run",
            expected: ["a", "b", "c"]
        ),
        Way(
            testDescription: "two links of one directory",
            directories: ["a/real"],
            links: [("a/first", "second"), ("a/second", "real")],
            path: "a/first",
            expected: ["a"]
        ),
        Way(
            testDescription: "the parent of what a link leads to is not the link's own",
            directories: ["a", "deep/er", "deep/a"],
            links: [("a/link", "../deep/er"), ("deep/a/run", "../er")],
            path: "a/link/../a/run",
            expected: ["a", "deep/a"]
        ),
        Way(
            testDescription: "a loop",
            directories: ["a", "b"],
            links: [("a/x", "../b/y"), ("b/y", "../a/x")],
            path: "a/x/run",
            expected: ["a", "b"]
        ),
        Way(
            testDescription: "a dangling link",
            directories: ["a"],
            links: [("a/run", "../missing/run")],
            path: "a/run",
            expected: ["a"]
        ),
        Way(
            testDescription: "links behind something missing",
            directories: ["a"],
            links: [("a/run", ".")],
            path: "missing/../a/run",
            expected: []
        ),
        Way(
            testDescription: "links behind a file",
            directories: ["a"],
            links: [("a/run", "."), ("file", "a/plain")],
            path: "file/run",
            expected: [""]
        ),
    ]

    @Test(arguments: ways)
    func links(way: Way) throws {
        try withTemporaryDirectory { temporary in
            let root = try physical(temporary)
            for name in way.directories { try Publication.makeDirectories(root.appending(name)) }
            if try FileStatus.ifPresent(root.appending("a"))?.kind == .directory {
                try Fixture.write([], to: root.appending("a/plain"))
            }
            for link in way.links {
                try Publication.replaceSymlink(at: root.appending(link.name), target: link.target)
            }
            let found = SymbolicLink.directoriesOfLinks(onTheWayTo: root.appending(way.path))
            #expect(found == way.expected.map { $0.isEmpty ? root : root.appending($0) })
        }
    }

    @Test("absolute targets begin at the root")
    func absolute() throws {
        try withTemporaryDirectory { temporary in
            let root = try physical(temporary)
            try Publication.makeDirectories(root.appending("real/run"))
            try Publication.replaceSymlink(at: root.appending("link"), target: root.appending("real").string)
            try Publication.replaceSymlink(at: root.appending("real/run/last"), target: "..")
            let found = SymbolicLink.directoriesOfLinks(onTheWayTo: root.appending("link/run/last"))
            #expect(found == [root, root.appending("real/run")])
        }
    }

    @Test("a chain is followed as far as the kernel follows one")
    func longChain() throws {
        try withTemporaryDirectory { temporary in
            let root = try physical(temporary)
            for index in 0..<60 {
                let directory = root.appending("d\(index)")
                try Publication.makeDirectories(directory)
                try Publication.replaceSymlink(at: directory.appending("l"), target: "../d\(index + 1)/l")
            }
            #expect(SymbolicLink.directoriesOfLinks(onTheWayTo: root.appending("d0/l")).count == 41)
        }
    }

    @Test("a relative path has no way that could be told")
    func relative() {
        #expect(SymbolicLink.directoriesOfLinks(onTheWayTo: "proc/self") == [])
        #expect(SymbolicLink.directoriesOfLinks(onTheWayTo: "/proc/self").first == "/proc")
    }

    /// The temporary directory may lie behind a link itself.
    private func physical(_ path: FilePath) throws -> FilePath {
        let resolved = try #require(path.withPlatformString { realpath($0, nil) })
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }
}
