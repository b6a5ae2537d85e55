import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct PublicationTests {
    /// /proc refuses with ENOENT although the parent exists; making parents again and again would never end.
    @Test func aParentThatDoesNotHelpIsNotMadeForEver() {
        #expect(throws: SystemCallError.self) { try Publication.makeDirectories("/proc/lawad-test/deep") }
    }

    @Test func publishesUnderANewName() throws {
        try withTemporaryDirectory { directory in
            let staged = try tree(directory.appending("staging/new"), mark: 1)
            let destination = directory.appending("final")
            #expect(try Publication.publish(staged: staged, as: destination) == nil)
            #expect(try Fixture.read(destination.appending("deep/mark")) == [1])
            #expect(try DirectoryListing.entries(of: directory.appending("staging")) == [])
        }
    }

    enum Shape: CaseIterable {
        case file, emptyDirectory, fullDirectory, link
    }

    @Test(arguments: [Shape.file, .fullDirectory, .emptyDirectory], Shape.allCases)
    func replacesWhateverIsThere(new: Shape, old: Shape) throws {
        try withTemporaryDirectory { directory in
            let staging = directory.appending("staging")
            try Publication.makeDirectories(staging)
            let precious = try tree(directory.appending("precious"), mark: 9)
            let staged = staging.appending("new")
            let destination = directory.appending("final")
            try make(new, at: staged)
            try make(old, at: destination)
            let inode = try FileStatus.of(staged).inode
            #expect(try Publication.publish(staged: staged, as: destination) == nil)
            #expect(try FileStatus.of(destination, followSymlinks: false).inode == inode)
            #expect(try DirectoryListing.entries(of: staging) == [])
            #expect(try Fixture.read(precious.appending("deep/mark")) == [9])
        }
    }

    @Test func aFailedPublicationLeavesTheOldOne() throws {
        try withTemporaryDirectory { directory in
            let destination = try tree(directory.appending("final"), mark: 1)
            let missing = directory.appending("missing")
            let error = #expect(throws: SystemCallError.self) {
                try Publication.publish(staged: missing, as: destination)
            }
            #expect(error?.path == missing && error?.destination == destination)
            #expect(try Fixture.read(destination.appending("deep/mark")) == [1])
        }
    }

    @Test func readersAlwaysSeeOneOfTheTwo() throws {
        try withTemporaryDirectory { directory in
            let destination = try tree(directory.appending("final"), mark: 0)
            let isDone = Atomic(false)
            let gaps = Atomic(0)
            let failures = Atomic(0)
            BlockingThreads.run(count: 2, name: "publish") { index in
                if index == 0 {
                    for round in 1...50 {
                        let staged = try? tree(directory.appending("staged"), mark: UInt8(round))
                        if staged.flatMap({ try? Publication.publish(staged: $0, as: destination) }) != nil {
                            failures.add(1, ordering: .relaxed)
                        }
                    }
                    isDone.store(true, ordering: .relaxed)
                } else {
                    while !isDone.load(ordering: .relaxed) {
                        // One look: two looks could be at two publications.
                        if destination.withPlatformString({ access($0, F_OK) }) != 0 {
                            gaps.add(1, ordering: .relaxed)
                        }
                    }
                }
            }
            #expect(gaps.load(ordering: .relaxed) == 0)
            #expect(failures.load(ordering: .relaxed) == 0)
            #expect(try Fixture.read(destination.appending("deep/mark")) == [50])
        }
    }

    @Test func withoutExchangeTheOldOneStepsAside() throws {
        try withTemporaryDirectory { directory in
            let staged = try tree(directory.appending("staging/new"), mark: 1)
            let destination = try tree(directory.appending("final"), mark: 2)
            let aside = try Publication.replaceInTwoSteps(destination, by: staged)
            #expect(try Fixture.read(destination.appending("deep/mark")) == [1])
            #expect(try Fixture.read(aside.appending("old/deep/mark")) == [2])
        }
    }

    @Test func withoutExchangeAFailureBringsTheOldOneBack() throws {
        try withTemporaryDirectory { directory in
            let destination = try tree(directory.appending("final"), mark: 2)
            let staging = directory.appending("staging")
            try Publication.makeDirectories(staging)
            #expect(throws: SystemCallError.self) {
                try Publication.replaceInTwoSteps(destination, by: staging.appending("missing"))
            }
            #expect(try Fixture.read(destination.appending("deep/mark")) == [2])
            #expect(try DirectoryListing.entries(of: staging) == [])
        }
    }

    @Test func makesDirectoriesOnTheWay() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a/b/c")
            try Publication.makeDirectories(path)
            try Publication.makeDirectories(path)
            #expect(try FileStatus.of(path).kind == .directory)
            try Publication.replaceSymlink(at: directory.appending("link"), target: "a")
            try Publication.makeDirectories(directory.appending("link/d"))
            #expect(try FileStatus.of(directory.appending("a/d")).kind == .directory)
            try Fixture.write([], to: directory.appending("f"))
            for taken in ["f", "f/below", "f/below/more"] {
                let error = #expect(throws: SystemCallError.self) {
                    try Publication.makeDirectories(directory.appending(taken))
                }
                #expect(error?.errorNumber == ENOTDIR)
            }
        }
    }

    @Test func synchronizesWholeTrees() throws {
        try withTemporaryDirectory { directory in
            let path = try tree(directory.appending("t"), mark: 1)
            try Publication.replaceSymlink(at: path.appending("dangling"), target: "nowhere")
            #expect(path.appending("pipe").withPlatformString { mkfifo($0, 0o600) } == 0)
            try Publication.synchronizeTree(path)
            try Publication.synchronizeTree(path.appending("deep/mark"))
            #expect(throws: SystemCallError.self) { try Publication.synchronizeTree(path.appending("missing")) }
        }
    }

    private func make(_ shape: Shape, at path: FilePath) throws {
        switch shape {
        case .file: try Fixture.write([4], to: path)
        case .emptyDirectory: try Publication.makeDirectories(path)
        case .fullDirectory: _ = try tree(path, mark: 3)
        case .link: try Publication.replaceSymlink(at: path, target: "precious")
        }
    }

    @discardableResult
    private func tree(_ path: FilePath, mark: UInt8) throws -> FilePath {
        try Publication.makeDirectories(path.appending("deep"))
        try Fixture.write([mark], to: path.appending("deep/mark"))
        return path
    }
}
