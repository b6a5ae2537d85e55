import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

/// Each in a process of its own: the handler is the process's, and most of these end it.
///
/// They set the earlier handler, because sanitizers and the Swift runtime may bring one.
@Suite struct SigbusGuardTests {
    @Suite struct ExitTests {
        @Test func aSentSignalStillEndsTheProcess() async {
            await #expect(processExitsWith: .signal(SIGBUS)) {
                signal(SIGBUS, SIG_DFL)
                try withTemporaryDirectory { directory in
                    let map = try ExitTests.mapping(directory)
                    raise(SIGBUS)
                    _ = map.bytes[0]
                }
            }
        }

        @Test func aFaultOutsideOfMappingsStillEndsTheProcess() async {
            await #expect(processExitsWith: .signal(SIGBUS)) {
                signal(SIGBUS, SIG_DFL)
                try withTemporaryDirectory { directory in
                    let map = try ExitTests.mapping(directory)
                    let file = try File.openForReading(map.path)
                    let unguarded = mmap(nil, 100_000, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
                    _ = map.path.withPlatformString { truncate($0, 0) }
                    let byte = unguarded?.load(fromByteOffset: 99_999, as: UInt8.self)
                    exit(byte == 0 ? 0 : 1)
                }
            }
        }

        @Test func afterTheMappingEndedAFaultThereEndsTheProcess() async {
            await #expect(processExitsWith: .signal(SIGBUS)) {
                signal(SIGBUS, SIG_DFL)
                try withTemporaryDirectory { directory in
                    var map: MappedFile? = try ExitTests.mapping(directory)
                    let path = try #require(map?.path)
                    let start = UnsafeMutableRawPointer(mutating: map?.bytes.baseAddress)
                    map = nil
                    let file = try File.openForReading(path)
                    let again = mmap(start, 100_000, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.descriptor, 0)
                    _ = path.withPlatformString { truncate($0, 0) }
                    let byte = again?.load(fromByteOffset: 99_999, as: UInt8.self)
                    exit(byte == 0 ? 0 : 1)
                }
            }
        }

        @Test func theEarlierHandlerIsCalled() async {
            await #expect(processExitsWith: .exitCode(7)) {
                signal(SIGBUS) { _ in _exit(7) }
                try withTemporaryDirectory { directory in
                    let map = try ExitTests.mapping(directory)
                    _ = map.path.withPlatformString { truncate($0, 0) }
                    try #require(map.bytes[0] == 0)
                    raise(SIGBUS)
                }
            }
        }

        @Test func anIgnoredSignalStaysIgnored() async {
            await #expect(processExitsWith: .success) {
                signal(SIGBUS, SIG_IGN)
                try withTemporaryDirectory { directory in
                    let map = try ExitTests.mapping(directory)
                    raise(SIGBUS)
                    try map.checkIntact()
                }
            }
        }

        private static func mapping(_ directory: FilePath) throws -> MappedFile {
            let path = directory.appending("f")
            try Fixture.write([UInt8](repeating: 7, count: 100_000), to: path)
            return try MappedFile(File.openForReading(path), byteCount: 100_000)
        }
    }
}
