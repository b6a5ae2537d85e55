import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct FileStatusTests {
    @Test func readsWhatIsThere() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1, 2, 3], to: path)
            var times = [timespec(tv_sec: 1_700_000_000, tv_nsec: 5), timespec(tv_sec: 1_700_000_001, tv_nsec: 123)]
            #expect(path.withPlatformString { utimensat(AT_FDCWD, $0, &times, 0) } == 0)
            #expect(path.withPlatformString { chmod($0, 0o640) } == 0)
            let status = try FileStatus.of(path)
            #expect(status.size == 3 && status.kind == .regular && status.linkCount == 1 && status.mode == 0o640)
            #expect(status.owner == HostProcess.effectiveUser)
            #expect(status.modificationTime == 1_700_000_001_000_000_123)
            #expect(abs(status.changeTime - HostProcess.realtimeNanoseconds) < 60_000_000_000)
            #expect(status == (try File.openForReading(path).status()))
        }
    }

    @Test("room is what the filesystem gave, not the length")
    func allocation() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([UInt8](repeating: 1, count: 100_000), to: path)
            let full = try FileStatus.of(path)
            #expect(full.size == 100_000 && full.allocatedByteCount >= 4096)
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter { try file.resize(to: 1 << 30) }
            let sparse = try FileStatus.of(path)
            #expect(sparse.size == 1 << 30 && sparse.allocatedByteCount < 1 << 20)
        }
    }

    @Test func followsLinksUnlessToldOtherwise() throws {
        try withTemporaryDirectory { directory in
            let link = directory.appending("link")
            try Publication.replaceSymlink(at: link, target: ".")
            #expect(try FileStatus.of(link).kind == .directory)
            #expect(try FileStatus.of(link) == FileStatus.of(directory))
            #expect(try FileStatus.of(link, followSymlinks: false).kind == .symbolicLink)
        }
    }

    @Test func absenceIsNoError() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([], to: directory.appending("f"))
            try Publication.replaceSymlink(at: directory.appending("dangling"), target: "nowhere")
            #expect(try FileStatus.ifPresent(directory.appending("missing")) == nil)
            #expect(try FileStatus.ifPresent(directory.appending("f/below")) == nil)
            #expect(try FileStatus.ifPresent(directory.appending("dangling")) == nil)
            #expect(try FileStatus.ifPresent(directory.appending("dangling"), followSymlinks: false) != nil)
            let error = #expect(throws: SystemCallError.self) { try FileStatus.of(directory.appending("missing")) }
            #expect(error?.isNotFound == true && error?.path == directory.appending("missing"))
        }
    }

    @Test func otherErrorsAreNotTakenForAbsence() throws {
        try withTemporaryDirectory { directory in
            try Publication.replaceSymlink(at: directory.appending("loop"), target: "loop")
            let error = #expect(throws: SystemCallError.self) {
                try FileStatus.ifPresent(directory.appending("loop"))
            }
            #expect(error?.errorNumber == ELOOP)
        }
    }

    @Test func timesOutOfRangeDoNotTrap() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([], to: path)
            var times = [timespec(tv_sec: Int.max, tv_nsec: 0), timespec(tv_sec: Int.max, tv_nsec: 999_999_999)]
            _ = path.withPlatformString { utimensat(AT_FDCWD, $0, &times, 0) }
            #expect(try FileStatus.of(path).size == 0)
        }
    }
}
