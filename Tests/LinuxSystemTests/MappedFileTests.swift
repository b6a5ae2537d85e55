import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct MappedFileTests {
    @Suite struct ExitTests {
        @Test func theNumberOfMappingsIsBounded() async throws {
            await #expect(processExitsWith: .success) {
                try withTemporaryDirectory { directory in
                    let path = directory.appending("f")
                    try Fixture.write([1], to: path)
                    let file = try File.openForReading(path)
                    var maps: [MappedFile] = []
                    #expect(throws: MappingError.tooManyMappings(path, limit: 16384)) {
                        for _ in 0...16384 {
                            maps.append(try MappedFile(file, byteCount: 1))
                        }
                    }
                    try #require(maps.count == 16384)
                    maps.removeFirst()
                    maps.append(try MappedFile(file, byteCount: 1))
                }
            }
        }
    }

    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    @Test func mapsTheBytes() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 3 * Self.page + 7)
            #expect(map.bytes.count == 3 * Self.page + 7)
            #expect(map.bytes.allSatisfy { $0 == 7 })
            try map.checkIntact()
        }
    }

    @Test func emptyFilesCanBeMapped() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 0)
            #expect(map.bytes.isEmpty)
            map.advise(.random)
            try map.checkIntact()
        }
    }

    @Test func moreThanTheFileHasIsRefused() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1, 2], to: path)
            let file = try File.openForReading(path)
            #expect(throws: MappingError.truncated(path)) { try MappedFile(file, byteCount: 3) }
        }
    }

    @Test func lostPagesReadAsZerosAndAreNoticed() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 20 * Self.page)
            let other = try mapping(directory, byteCount: 20 * Self.page)
            try truncate(map.path, to: 5 * Self.page)
            #expect(map.bytes[5 * Self.page - 1] == 7)
            #expect(map.bytes[9 * Self.page + 3] == 0)
            #expect(map.bytes.dropFirst(5 * Self.page).allSatisfy { $0 == 0 })
            #expect(throws: MappingError.truncated(map.path)) { try map.checkIntact() }
            #expect(other.bytes.allSatisfy { $0 == 7 })
            try other.checkIntact()
        }
    }

    // The rest of the page that holds the new end reads as zeros without any signal.
    @Test func aLossWithinThePageIsNoticed() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: Self.page)
            try truncate(map.path, to: 10)
            #expect(map.bytes[11] == 0)
            #expect(throws: MappingError.truncated(map.path)) { try map.checkIntact() }
        }
    }

    @Test func aLossThatWasMadeGoodIsNoticed() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 4 * Self.page)
            try truncate(map.path, to: 0)
            #expect(map.bytes[0] == 0)
            try truncate(map.path, to: 4 * Self.page)
            #expect(throws: MappingError.truncated(map.path)) { try map.checkIntact() }
        }
    }

    @Test func manyThreadsMayLoseTheSamePages() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 200 * Self.page)
            try truncate(map.path, to: 0)
            let nonZero = Atomic(0)
            // Backwards, so that each page is lost by itself; in threads that block every signal they can.
            BlockingThreads.run(count: 4, name: "reader") { _ in
                for index in stride(from: map.bytes.count - 1, through: 0, by: -Self.page) where map.bytes[index] != 0 {
                    nonZero.add(1, ordering: .relaxed)
                }
            }
            #expect(nonZero.load(ordering: .relaxed) == 0)
            #expect(throws: MappingError.truncated(map.path)) { try map.checkIntact() }
        }
    }

    @Test func mappingsComeAndGoWhilePagesAreLost() throws {
        try withTemporaryDirectory { directory in
            let failures = Atomic(0)
            BlockingThreads.run(count: 4, name: "maps") { thread in
                for round in 0..<100 {
                    do {
                        let map = try mapping(directory, byteCount: 8 * Self.page)
                        let isTruncated = (thread + round) % 2 == 0
                        if isTruncated {
                            try truncate(map.path, to: Self.page)
                        }
                        let last = map.bytes[8 * Self.page - 1]
                        let isIntact = (try? map.checkIntact()) != nil
                        if last != (isTruncated ? 0 : 7) || isIntact == isTruncated {
                            failures.add(1, ordering: .relaxed)
                        }
                    } catch {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
            #expect(failures.load(ordering: .relaxed) == 0)
        }
    }

    @Test func adviceKeepsTheBytes() throws {
        try withTemporaryDirectory { directory in
            let map = try mapping(directory, byteCount: 3 * Self.page + 1)
            for advice in [MappedFile.Advice.sequential, .random, .populateRead] {
                map.advise(advice)
                #expect(map.bytes.allSatisfy { $0 == 7 })
            }
            try truncate(map.path, to: 0)
            map.advise(.populateRead)
            #expect(throws: MappingError.truncated(map.path)) { try map.checkIntact() }
        }
    }

    private func mapping(_ directory: FilePath, byteCount: Int) throws -> MappedFile {
        let name = "\(HostProcess.threadIdentifier)-\(HostProcess.monotonicMicroseconds)-\(byteCount)"
        let path = directory.appending(name)
        try Fixture.write([UInt8](repeating: 7, count: byteCount), to: path)
        return try MappedFile(File.openForReading(path), byteCount: byteCount)
    }

    private func truncate(_ path: FilePath, to size: Int) throws {
        try systemCall("truncate", path) { path.withPlatformString { Glibc.truncate($0, size) } }
    }
}
