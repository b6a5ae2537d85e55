import FoundationEssentials
import LinuxSystem
import SystemPackage

/// Which versions of its files a pin was made of, written before the pin is seen.
///
/// A hard link is the trainer's own file: written again under the same name, it changes under the pin as well, perhaps
/// only in one of its shards. What differs from its record is no pin any more.
package struct PinRecord: Codable, Equatable, Sendable {
    private struct Version: Codable, Equatable, Sendable {
        let path: String
        let inode: UInt64
        let byteCount: Int
        let modificationTime: Int64
    }

    private let files: [Version]
    /// The files that lay beside and are in no average; nil in records from before they were told.
    package let leftOut: [LeftOut]?

    /// Records files as they are. The device is left out, because a restart of the machine may number it anew.
    init(_ files: CandidateFiles, leftOut: [LeftOut] = []) {
        self.leftOut = leftOut
        self.files = files.files.map { file in
            Version(
                path: file.relativePath,
                inode: file.fingerprint.inode,
                byteCount: file.fingerprint.byteCount,
                modificationTime: file.fingerprint.modificationTime
            )
        }
    }

    /// Whether these are the files that were recorded, at the same versions.
    func isOf(_ files: CandidateFiles) -> Bool { PinRecord(files).files == self.files }

    /// Reads a record; nil where there is none, or none that can be read: nothing tells then what the pin was.
    init?(reading path: FilePath) {
        guard let bytes = try? SmallFile.read(path, memory: .ofDecodedJSON),
            let record = try? JSONDecoder().decode(PinRecord.self, from: Data(bytes))
        else { return nil }
        self = record
    }

    /// Why files that seem to be a whole checkpoint are two saves of it in one: some are still of the version that was
    /// pinned, others were written later. Files older than the pin's were not written by a save that goes on: another run
    /// was put in this one's place. A marker or a shard that is still to come is vouched for by none that is there.
    package func partialSave(_ current: [CheckpointFile]) -> Incompleteness? {
        let known = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
        let old = current.first { file in
            known[file.relativePath].map { version in
                version.byteCount == file.fingerprint.byteCount
                    && version.modificationTime == file.fingerprint.modificationTime
            } ?? false
        }
        let new = current.first { file in
            known[file.relativePath].map { file.fingerprint.modificationTime > $0.modificationTime } ?? false
        }
        guard let old, let new else { return nil }
        return .partlySavedAgain(new: new.relativePath, old: old.relativePath)
    }

    /// Writes the record in place of an older one, and waits until it is on the disk.
    ///
    /// - Parameter staging: private scratch on the same filesystem.
    func write(to path: FilePath, staging: FilePath) throws {
        let draft = staging.appending("pin-record")
        try Publication.removeTree(draft)
        let file = try File.create(draft)
        try JSONEncoder().encode(self).withUnsafeBytes { try file.write($0, at: 0) }
        try file.synchronize()
        try Publication.publish(staged: draft, as: path)
    }
}
