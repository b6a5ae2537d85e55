import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct FileTests {
    @Test func whatIsWrittenIsRead() throws {
        try withTemporaryDirectory { directory in
            let file = try File.create(directory.appending("f"))
            try write([1, 2, 3], to: file, at: 4)
            #expect(try file.status().size == 7)
            #expect(try file.readBytes(at: 0, count: 7) == [0, 0, 0, 0, 1, 2, 3])
            #expect(try File.openForReading(file.path).readBytes(at: 5, count: 2) == [2, 3])
            #expect(try file.readBytes(at: 7, count: 0) == [])
        }
    }

    @Test func readStopsAtTheEnd() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1, 2, 3], to: path)
            var buffer = [UInt8](repeating: 9, count: 5)
            let file = try File.openForReading(path)
            #expect(try buffer.withUnsafeMutableBytes { try file.read(at: 1, into: $0) } == 2)
            #expect(buffer == [2, 3, 9, 9, 9])
            #expect(try buffer.withUnsafeMutableBytes { try file.read(at: 100, into: $0) } == 0)
        }
    }

    @Test(arguments: [
        (0, 4, 3), (3, 1, 0), (1, 3, 2), (4, 1, 0), (0, Int.max, 3), (Int.max, Int.max, 0), (-1, 2, 3), (0, -1, 3),
        (Int.min, 1, 3),
    ])
    func readBytesNamesWhatIsMissing(offset: Int, count: Int, found: Int) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1, 2, 3], to: path)
            let file = try File.openForReading(path)
            #expect(throws: FileError.endsEarly(path, offset: offset, wanted: count, found: found)) {
                try file.readBytes(at: offset, count: count)
            }
        }
    }

    @Test func messageHasTheNumbers() {
        let text = "\(FileError.endsEarly("/f", offset: 16, wanted: 8, found: 3))"
        #expect(text.contains("cannot read 8 bytes at offset 16 of \"/f\": the file ended after 3"))
    }

    @Test func onlyRegularFilesAreOpened() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: FileError.notRegular(directory, .directory)) { try File.openForReading(directory) }
            let pipe = directory.appending("pipe")
            #expect(pipe.withPlatformString { mkfifo($0, 0o600) } == 0)
            // It would block for ever, were the pipe opened in the usual way.
            #expect(throws: FileError.notRegular(pipe, .other)) { try File.openForReading(pipe) }
            #expect(throws: FileError.notRegular("/dev/null", .other)) { try File.openForReading("/dev/null") }
        }
    }

    @Test func symbolicLinksCanBeRefused() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([5], to: directory.appending("f"))
            let link = directory.appending("link")
            try Publication.replaceSymlink(at: link, target: "f")
            #expect(try Fixture.read(link) == [5])
            let error = #expect(throws: SystemCallError.self) {
                try File.openForReading(link, followSymlinks: false)
            }
            #expect(error?.errorNumber == ELOOP)
        }
    }

    @Test func createRefusesWhatIsThere() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([5], to: path)
            let error = #expect(throws: SystemCallError.self) { try File.create(path) }
            #expect(error?.errorNumber == EEXIST && error?.isAlreadyPresent == true)
            #expect(try Fixture.read(path) == [5])
            try Publication.replaceSymlink(at: directory.appending("dangling"), target: "nowhere")
            #expect(throws: SystemCallError.self) { try File.create(directory.appending("dangling")) }
        }
    }

    @Test func descriptorsAreNotInheritedAndAreClosed() throws {
        try withTemporaryDirectory { directory in
            var file: File? = try File.create(directory.appending("f"))
            let descriptor = try #require(file?.descriptor)
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            let identity = try #require(try file?.status())
            file = nil
            // Another test may have been given the number at once, but then for another file.
            var status = stat()
            let isStillOpen = fstat(descriptor, &status) == 0 && UInt64(status.st_ino) == identity.inode
            #expect(!isStillOpen)
        }
    }

    @Test func umaskTakesBitsFromTheMode() throws {
        try withTemporaryDirectory { directory in
            let before = umask(0o022)
            umask(before)
            let usual = try File.create(directory.appending("f")).status()
            #expect(usual.mode == 0o666 & ~before)
            let closed = try File.create(directory.appending("g"), mode: 0o600).status()
            #expect(closed.mode == 0o600)
        }
    }

    @Test func reserveGrowsAndNeverShrinks() throws {
        try withTemporaryDirectory { directory in
            let file = try File.create(directory.appending("f"))
            try file.reserve(byteCount: 0)
            #expect(try file.status().size == 0)
            try file.reserve(byteCount: 1 << 20)
            #expect(try file.status().size == 1 << 20)
            var status = stat()
            #expect(fstat(file.descriptor, &status) == 0)
            #expect(Int(status.st_blocks) * 512 >= 1 << 20)
            try file.reserve(byteCount: 10)
            #expect(try file.status().size == 1 << 20)
            try file.synchronize()
        }
    }

    @Test func failuresNameTheFile() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1], to: path)
            let file = try File.openForReading(path)
            let error = #expect(throws: SystemCallError.self) { try write([1], to: file, at: 0) }
            #expect(error == SystemCallError(call: "write", path: path, errorNumber: EBADF))
            #expect(throws: SystemCallError.self) { try file.reserve(byteCount: 10) }
        }
    }

    private func write(_ bytes: [UInt8], to file: File, at offset: Int) throws {
        try bytes.withUnsafeBytes { try file.write($0, at: offset) }
    }
}
