import Glibc
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// What a loop saves with `torch.save` under one name again and again: its weights follow from step and version.
struct OverwrittenFile {
    /// One save: what was saved again has the step of the earlier save and another version.
    struct Save: Hashable {
        var step: Int
        var version = 0
    }

    /// As torch wrote it, with the step 2000.
    private static let template = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("CheckpointsTests/Fixtures/in-place/2000.pt")

    private(set) var bytes: [UInt8]

    /// The file of a step from 256 to 65535.
    init(_ save: Save) throws {
        try self.init(meanOf: [save])
    }

    /// The average of some saves; the last is the newest.
    init(meanOf saves: [Save]) throws {
        bytes = try Fixture.read(Self.template)
        let step = try #require(saves.last).step
        let start = try #require(bytes.firstRange(of: [0x80, 0x02, UInt8(ascii: "}")])?.lowerBound)
        var pickle = Array(bytes[start..<start + 258])
        // BININT2, the last value before the end of the dictionary and of the pickle.
        let value = pickle.count - 5
        try #require(pickle[value...].elementsEqual([0x4D, 0xD0, 0x07, 0x75, 0x2E]))
        pickle[value + 1] = UInt8(truncatingIfNeeded: step)
        pickle[value + 2] = UInt8(truncatingIfNeeded: step >> 8)
        try replace(at: start, by: pickle)
        try replace(Self.floats(2000..<2004) { Float($0) }, by: Self.floats(0..<4) { Self.mean(of: saves, at: $0) })
        try replace(Self.floats(0..<2) { _ in 2000 }, by: Self.floats(4..<6) { Self.mean(of: saves, at: $0) })
    }

    /// Opens, cuts and writes the file, whether it was there before or not.
    func save(as path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    private mutating func replace(_ old: [UInt8], by new: [UInt8]) throws {
        try replace(at: #require(bytes.firstRange(of: old)).lowerBound, by: new)
    }

    /// Replaces a record and its checksum, which the archive has twice.
    private mutating func replace(at start: Int, by new: [UInt8]) throws {
        let range = start..<start + new.count
        let (before, after) = (Self.checksum(Array(bytes[range])), Self.checksum(new))
        bytes.replaceSubrange(range, with: new)
        for _ in 0..<2 { bytes.replaceSubrange(try #require(bytes.firstRange(of: before)), with: after) }
    }

    private static func checksum(_ record: [UInt8]) -> [UInt8] {
        var checksum = ZipChecksum()
        record.withUnsafeBytes { checksum.update($0) }
        return withUnsafeBytes(of: checksum.value.littleEndian) { Array($0) }
    }

    private static func floats(_ indexes: Range<Int>, _ number: (Int) -> Float) -> [UInt8] {
        indexes.flatMap { index in withUnsafeBytes(of: number(index).bitPattern.littleEndian) { Array($0) } }
    }

    /// Small integers, whose sums are exact.
    private static func mean(of saves: [Save], at index: Int) -> Float {
        let sum = saves.reduce(0) { $0 + ($1.step * 7919 + $1.version * 104_729 + index * 1299) % 65_536 }
        return Float(Double(sum) / Double(saves.count))
    }
}
