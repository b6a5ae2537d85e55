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
            try Publication.copyThroughMemory(original, to: byHand, from: 0, byteCount: count)
            #expect(try Fixture.read(byHand.path) == bytes)
        }
    }

    @Test func aCopyIsIndependentAndHasTheModeOfTheUmask() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            try Fixture.write([1], to: source)
            #expect(source.withPlatformString { chmod($0, 0o600) } == 0)
            try Publication.copyFile(source, to: directory.appending("copy"))
            let usual = try File.create(directory.appending("usual")).status().mode
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
                try Publication.copyThroughMemory(File.openForReading(source), to: copy, from: 0, byteCount: 9)
            }
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
