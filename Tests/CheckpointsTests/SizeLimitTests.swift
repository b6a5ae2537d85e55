import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Checkpoints

/// A file that is all hole may have any size that its filesystem can count.
@Suite struct SizeLimitTests {
    /// A whole checkpoint of two shards whose files are listed with other sizes.
    private func inspect(claiming sizes: [String: Int]) throws -> Result<Checkpoint, Incompleteness> {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.sharded(directory.appending("checkpoint-10"))
            let candidate = sample.candidate()
            let files = try CandidateFiles(of: candidate).files.map { file in
                CheckpointFile(
                    relativePath: file.relativePath,
                    fingerprint: file.fingerprint.claiming(sizes[file.relativePath])
                )
            }
            return CheckpointInspector(layout: sample.layout).inspect(candidate, files: CandidateFiles(files))
        }
    }

    @Test(
        "sizes whose sum no number holds are refused before a byte is read",
        arguments: [
            ["model-00001-of-00002.safetensors": Int.max], ["model-00002-of-00002.safetensors": (1 << 50) + 1],
            ["model-00001-of-00002.safetensors": 1 << 50, "model-00002-of-00002.safetensors": 1 << 50],
            ["model.safetensors.index.json": Int.max - 1], ["trainer_state.json": 1 << 62],
        ] as [[String: Int]]
    )
    func claims(sizes: [String: Int]) throws {
        guard case .failure(let reason) = try inspect(claiming: sizes) else {
            Issue.record("files of \(sizes) were taken")
            return
        }
        guard case .tooLarge(let file, let byteCount) = reason else {
            Issue.record("\(reason)")
            return
        }
        #expect(sizes[file] == byteCount)
        #expect("\(reason)".contains("has \(byteCount) bytes, the limit for all files of a checkpoint is 2^50 ("))
        #expect(!reason.isTransient)
    }

    @Test("what no average needs may be of any size")
    func others() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            try sample.write("optimizer.pt", [1])
            let candidate = sample.candidate()
            let files = try CandidateFiles(of: candidate).files.map { file in
                CheckpointFile(
                    relativePath: file.relativePath,
                    fingerprint: file.fingerprint.claiming(file.relativePath == "optimizer.pt" ? Int.max : nil)
                )
            }
            _ = try CheckpointInspector(layout: sample.layout).inspect(candidate, files: CandidateFiles(files)).get()
        }
    }

    private static let memory: FilePath = "/dev/shm"
    private static var isLarge: Bool { (try? FileSystem.kind(at: memory).name) == "tmpfs" }

    @Test("two shards of 5 EiB, on a filesystem that has them", .enabled(if: isLarge))
    func shards() throws {
        let path = try Publication.makeTemporaryDirectory(in: Self.memory, prefix: "lawa-test-")
        defer { try? Publication.removeTree(path) }
        let sample = try CheckpointSample.sharded(path.appending("checkpoint-10"))
        for shard in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] {
            let descriptor = try FileDescriptor.open(sample.path.appending(shard), .writeOnly)
            try descriptor.closeAfter { try descriptor.resize(to: 5 << 60) }
        }
        sample.expect(
            .tooLarge(file: "model-00001-of-00002.safetensors", byteCount: 5 << 60),
            "\"model-00001-of-00002.safetensors\" has 5764607523034234880 bytes, the limit for all files of a "
                + "checkpoint is 2^50 (1125899906842624) bytes",
            isTransient: false
        )
    }
}

extension FileFingerprint {
    /// The same file with another size; nil leaves it.
    fileprivate func claiming(_ size: Int?) -> FileFingerprint {
        FileFingerprint(
            device: device,
            inode: inode,
            byteCount: size ?? byteCount,
            modificationTime: modificationTime,
            changeTime: changeTime,
            linkCount: linkCount
        )
    }
}
