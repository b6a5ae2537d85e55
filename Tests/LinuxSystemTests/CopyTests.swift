import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct CopyTests {
    @Test(arguments: [0, 1, 4096, 3 << 20 + 5])
    func copiesAllBytes(count: Int) throws {
        try withTemporaryDirectory { directory in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let source = directory.appending("source")
            try Fixture.write(bytes, to: source)
            try Publication.copyFile(source, to: directory.appending("copy"))
            #expect(try Fixture.read(directory.appending("copy")) == bytes)
            let byHand = try File.create(directory.appending("by-hand"))
            let original = try File.openForReading(source)
            try Publication.copyThroughMemory(original, to: byHand, 0..<count)
            #expect(try Fixture.read(byHand.path) == bytes)
        }
    }

    @Test func aCopyIsIndependentAndNoMoreReadable() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            try Fixture.write([1], to: source)
            #expect(source.withPlatformString { chmod($0, 0o600) } == 0)
            try Publication.copyFile(source, to: directory.appending("copy"))
            let usual = try File.create(directory.appending("usual")).status().mode & 0o600
            let status = try FileStatus.of(directory.appending("copy"))
            #expect(status.mode == usual)
            #expect(try FileStatus.of(source).inode != status.inode)
        }
    }

    @Test func nothingIsOverwritten() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            let taken = directory.appending("taken")
            try Fixture.write([1], to: source)
            try Fixture.write([2], to: taken)
            #expect(throws: SystemCallError.self) { try Publication.copyFile(source, to: taken) }
            #expect(throws: SystemCallError.self) { try Publication.reflink(source, to: taken) }
            #expect(throws: SystemCallError.self) { try Publication.hardLink(source, to: taken) }
            #expect(try Fixture.read(taken) == [2])
        }
    }

    @Test func aSourceThatShrinksIsNoticed() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            try Fixture.write([1, 2, 3], to: source)
            let copy = try File.create(directory.appending("copy"))
            #expect(throws: FileError.endsEarly(source, offset: 0, wanted: 9, found: 3)) {
                try Publication.copyThroughMemory(File.openForReading(source), to: copy, 0..<9)
            }
        }
    }

    /// A file of several pieces, on the disk and out of the page cache where it is to be.
    private func large(in directory: FilePath, isCached: Bool) throws -> File {
        let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let file = try File.create(directory.appending("source"))
        for start in stride(from: 0, to: Self.largeByteCount, by: block.count) {
            let part = block[..<min(block.count, Self.largeByteCount - start)]
            try part.withUnsafeBytes { try file.write($0, at: start) }
        }
        try file.synchronize()
        if !isCached { file.dropCache(offset: 0, count: Self.largeByteCount) }
        return file
    }

    private static let largeByteCount = 3 * Residency.windowByteCount + 12_345

    @Test("a copy leaves the page cache as it was", arguments: [false, true])
    func pageCache(isCached: Bool) throws {
        try withTemporaryDirectory { directory in
            let source = try large(in: directory, isCached: isCached)
            let before = try source.cachedByteCount(offset: 0, count: Self.largeByteCount)
            try #require(isCached ? before >= Self.largeByteCount : before == 0)
            let path = directory.appending("copy")
            try Publication.copyFile(source.path, to: path)
            let copy = try File.openForReading(path)
            #expect(try copy.cachedByteCount(offset: 0, count: Self.largeByteCount) == 0)
            // Not all of it: the kernel may take back a few pages of any file at any time.
            let after = try source.cachedByteCount(offset: 0, count: Self.largeByteCount)
            #expect(isCached ? after >= before * 95 / 100 : after == 0)
            #expect(try Fixture.read(path) == Fixture.read(source.path))
        }
    }

    @Test("the progress of a copy is told piece by piece, up to the last byte")
    func progress() throws {
        try withTemporaryDirectory { directory in
            let source = try large(in: directory, isCached: true)
            var told: [Int] = []
            try Publication.copyFile(source.path, to: directory.appending("copy")) { told.append($0) }
            #expect(told.last == Self.largeByteCount)
            let steps = zip([0] + told, told).map { $1 - $0 }
            #expect(steps.allSatisfy { (1...(64 << 20)).contains($0) } && steps.count > 1)
        }
    }

    @Test("a copy that is stopped leaves nothing behind", arguments: [0, 1, 2])
    func cancellation(pieces: Int) throws {
        try withTemporaryDirectory { directory in
            let source = try large(in: directory, isCached: true)
            var count = 0
            #expect(throws: CancellationError.self) {
                try Publication.copyFile(source.path, to: directory.appending("copy")) { _ in
                    if count == pieces { throw CancellationError() }
                    count += 1
                }
            }
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["source"])
        }
    }

    @Test(
        "a source that shrinks while it is copied ends the copying, and leaves nothing behind",
        arguments: [0, 9_000_000]
    )
    func shrinking(size: Int) throws {
        try withTemporaryDirectory { directory in
            let source = try large(in: directory, isCached: true)
            let error = #expect(throws: FileError.self) {
                try Publication.copyFile(source.path, to: directory.appending("copy")) { _ in
                    #expect(source.path.withPlatformString { truncate($0, size) } == 0)
                }
            }
            #expect(error?.description.contains("\"\(source.path)\": the file ended") == true)
            #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["source"])
        }
    }

    @Test func directoriesAreNotCopied() throws {
        try withTemporaryDirectory { directory in
            let copy = directory.appending("copy")
            #expect(throws: FileError.notRegular(directory, .directory)) {
                try Publication.copyFile(directory, to: copy)
            }
            let present = try FileStatus.ifPresent(copy)
            #expect(present == nil)
        }
    }

    @Test func reflinksShareOrLeaveNothing() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            let clone = directory.appending("clone")
            try Fixture.write([UInt8](repeating: 5, count: 10000), to: source)
            do {
                try Publication.reflink(source, to: clone)
                #expect(try Fixture.read(clone) == Fixture.read(source))
            } catch let error as SystemCallError {
                #expect(error.isUnsupported, "\(error)")
                #expect(try FileStatus.ifPresent(clone) == nil)
            }
        }
    }

    @Test func hardLinksAreTheSameFile() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            try Fixture.write([1], to: source)
            try Publication.replaceSymlink(at: directory.appending("symlink"), target: "source")
            try Publication.hardLink(source, to: directory.appending("a"))
            try Publication.hardLink(directory.appending("symlink"), to: directory.appending("b"))
            let statuses = try ["source", "a", "b"].map {
                try FileStatus.of(directory.appending($0), followSymlinks: false)
            }
            #expect(Set(statuses.map(\.inode)).count == 1 && statuses[0].linkCount == 3)
        }
    }
}
