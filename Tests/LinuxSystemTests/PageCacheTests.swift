import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct PageCacheTests {
    private static let size = 3 << 20

    /// A file of distinct bytes that is on the disk and, as far as the kernel lets go of it, not in the page cache.
    private func file(in directory: FilePath) throws -> File {
        let path = directory.appending("data")
        try Fixture.write((0..<Self.size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }, to: path)
        let file = try File.openForReading(path)
        try file.synchronize()
        file.dropCache(offset: 0, count: Self.size)
        return file
    }

    @Test("what is read is cached until it is dropped, and looking changes nothing")
    func residency() throws {
        try withTemporaryDirectory { directory in
            let file = try file(in: directory)
            let mapping = try MappedFile(file, byteCount: Self.size)
            for _ in 0..<2 {
                #expect(try file.cachedByteCount(offset: 0, count: Self.size) == 0)
                #expect(mapping.cachedByteCount == 0)
            }
            file.expectRandomAccess()
            _ = try file.readBytes(at: 1 << 20, count: 1 << 20)
            #expect(try file.cachedByteCount(offset: 0, count: Self.size) == 1 << 20)
            #expect(try file.cachedByteCount(offset: 1 << 20, count: 1 << 20) == 1 << 20)
            #expect(mapping.cachedByteCount == 1 << 20)
            #expect(try MappedFile(file, offset: (1 << 20) + 5, byteCount: 4091).cachedByteCount == 4096)
            #expect(try MappedFile(file, offset: 0, byteCount: 1 << 20).cachedByteCount == 0)
            #expect(try file.cachedByteCount(offset: 5, count: 0) == 0)
            file.dropCache(offset: 0, count: Self.size)
            #expect(try file.cachedByteCount(offset: 0, count: Self.size) == 0)
        }
    }

    @Test("direct and uncached reads give the bytes and leave the page cache alone")
    func pastTheCache() throws {
        try withTemporaryDirectory { directory in
            let file = try file(in: directory)
            let buffer = try HugeBuffer(byteCount: 1 << 20)
            let direct = try file.reopenForDirectReading()
            #expect(try direct.readDirect(at: 1 << 20, into: buffer.bytes, needed: 1 << 20) == 1 << 20)
            #expect(try file.cachedByteCount(offset: 0, count: Self.size) == 0)
            let first = Array(buffer.bytes)
            #expect(try file.readBytes(at: 1 << 20, count: 1 << 20) == first)
            file.dropCache(offset: 0, count: Self.size)
            do {
                #expect(try file.readUncached(at: 1 << 20, into: buffer.bytes) == 1 << 20)
                #expect(Array(buffer.bytes) == first)
                #expect(try file.cachedByteCount(offset: 0, count: Self.size) == 0)
            } catch let error as SystemCallError {
                #expect(error.isUnsupported, "\(error)")
            }
        }
    }

    @Test("a direct read at the end of a file is as long as the file")
    func directEnd() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("short")
            try Fixture.write([UInt8](repeating: 7, count: 5000), to: path)
            let direct = try File.openForReading(path).reopenForDirectReading()
            let buffer = try HugeBuffer(byteCount: 16 << 10)
            #expect(try direct.readDirect(at: 0, into: buffer.bytes, needed: 5000) == 5000)
            #expect(try direct.readDirect(at: 0, into: buffer.bytes, needed: 9000) == 5000)
            #expect(try direct.readDirect(at: 4096, into: buffer.bytes, needed: 904) == 904)
            #expect(try direct.readDirect(at: 8192, into: buffer.bytes, needed: 1) == 0)
        }
    }

    @Test("direct and uncached writes arrive, and no dirty page stays behind")
    func writes() throws {
        try withTemporaryDirectory { directory in
            let file = try File.create(directory.appending("out"))
            try file.reserve(byteCount: 2 << 20)
            let buffer = try HugeBuffer(byteCount: 1 << 20)
            for index in 0..<(1 << 20) { buffer.bytes[index] = UInt8(truncatingIfNeeded: index &* 7) }
            let direct = try file.reopenForDirectWriting()
            try direct.write(UnsafeRawBufferPointer(buffer.bytes), at: 0)
            #expect(try file.cachedByteCount(offset: 0, count: 1 << 20) == 0)
            do throws(SystemCallError) {
                try file.writeUncached(UnsafeRawBufferPointer(buffer.bytes), at: 1 << 20)
            } catch {
                #expect(error.isUnsupported, "\(error)")
                try file.write(UnsafeRawBufferPointer(buffer.bytes), at: 1 << 20)
                file.startWriteback(offset: 1 << 20, count: 1 << 20)
                try file.finishWriteback(offset: 1 << 20, count: 1 << 20)
            }
            try file.synchronize()
            file.dropCache(offset: 0, count: 2 << 20)
            #expect(try file.cachedByteCount(offset: 0, count: 2 << 20) == 0)
            #expect(try file.readBytes(at: 0, count: 2 << 20) == Array(buffer.bytes) + Array(buffer.bytes))
        }
    }

    @Test("a file that was removed is opened again by what it is, not by its name")
    func reopened() throws {
        try withTemporaryDirectory { directory in
            let file = try file(in: directory)
            try Publication.removeTree(file.path)
            try Fixture.write([1], to: file.path)
            let same = try file.reopenForDirectReading()
            #expect(try same.status().inode == file.status().inode)
        }
    }

    @Test("huge buffers are aligned, zero and as long as asked for", arguments: [1, 4096, 2 << 20, (2 << 20) + 1])
    func hugeBuffers(byteCount: Int) throws {
        let buffer = try HugeBuffer(byteCount: byteCount)
        #expect(buffer.bytes.count == byteCount)
        #expect(UInt(bitPattern: buffer.bytes.baseAddress).isMultiple(of: 2 << 20))
        #expect(Array(buffer.bytes) == Array(repeating: 0, count: byteCount))
        buffer.bytes[byteCount - 1] = 1
    }

    @Test("memory that nobody has is an error, not a crash")
    func tooMuch() {
        let error = #expect(throws: SystemCallError.self) { _ = try HugeBuffer(byteCount: 1 << 60).bytes }
        #expect(error?.description.contains("cannot take") == true)
    }

    @Test("a mapping of a part has its bytes, whatever the offset", arguments: [0, 1, 4095, 4096, 70_001])
    func parts(offset: Int) throws {
        try withTemporaryDirectory { directory in
            let file = try file(in: directory)
            let part = try MappedFile(file, offset: offset, byteCount: 10_000)
            part.advise(.populateRead)
            #expect(try Array(part.bytes) == file.readBytes(at: offset, count: 10_000))
            try part.checkIntact()
            #expect(throws: MappingError.truncated(file.path)) {
                try MappedFile(file, offset: Self.size - 9999 + offset, byteCount: 10_000)
            }
            #expect(throws: MappingError.truncated(file.path)) { try MappedFile(file, offset: -1, byteCount: 1) }
        }
    }
}
