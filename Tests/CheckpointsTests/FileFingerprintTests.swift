import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct FileFingerprintTests {
    private func written(changed: Int64, links: Int = 1, at modified: Int64 = 7, inode: UInt64 = 2) -> FileFingerprint {
        FileFingerprint(
            device: 1,
            inode: inode,
            byteCount: 10,
            modificationTime: modified,
            changeTime: changed,
            linkCount: links
        )
    }

    @Test func onlyALinkExplainsAnotherChangeTime() {
        let earlier = written(changed: 5)
        #expect(written(changed: 5).isUnchanged(since: earlier))
        #expect(written(changed: 6, links: 2).isUnchanged(since: earlier))
        #expect(!written(changed: 6).isUnchanged(since: earlier))
        #expect(!written(changed: 6, links: 2, at: 8).isUnchanged(since: earlier))
        #expect(!written(changed: 6, links: 2, inode: 3).isUnchanged(since: earlier))
    }

    @Test func aRewriteWithItsTimesKeptIsNoticed() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("w")
            try Fixture.write([1, 2, 3], to: file)
            try FileTimes.set(file, to: 1_700_000_000_000_000_000)
            let earlier = FileFingerprint(try FileStatus.of(file))
            var later = earlier
            // The clock of change times has ticks of some milliseconds.
            while later.changeTime == earlier.changeTime {
                let writer = try FileDescriptor.open(file, .writeOnly)
                try writer.closeAfter { _ = try writer.writeAll([4, 5, 6]) }
                try FileTimes.set(file, to: 1_700_000_000_000_000_000)
                later = FileFingerprint(try FileStatus.of(file))
            }
            #expect(later.hasSameTimes(as: earlier))
            #expect(!later.isUnchanged(since: earlier))
        }
    }

    /// Files of a save that goes on are younger than what was pinned; a backup that was put back is older.
    @Test(arguments: [(Int64(8), true), (Int64(6), false)])
    func onlyYoungerFilesArePartOfASave(modified: Int64, isPartial: Bool) {
        let marker = CheckpointFile(relativePath: "marker", fingerprint: written(changed: 1))
        let pinned = CheckpointFile(relativePath: "weights", fingerprint: written(changed: 1, at: 7, inode: 3))
        let found = CheckpointFile(relativePath: "weights", fingerprint: written(changed: 2, at: modified, inode: 4))
        let record = PinRecord(CandidateFiles([marker, pinned]))
        #expect((record.partialSave([marker, found]) != nil) == isPartial)
    }
}
