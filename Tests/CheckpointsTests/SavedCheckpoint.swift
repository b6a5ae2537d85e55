import LinuxSystem
import SystemPackage
import TestSupport

@testable import Checkpoints

/// A checkpoint of which only the times, the sizes and the names of its files count.
struct SavedCheckpoint {
    var step: Int
    /// When each weight file was written, in milliseconds after a moment in the past.
    var times: [Int]
    var byteCount = 1000
    var name: String?
    /// When the last of its other files was written, on the same clock.
    var ended: Int?

    init(_ step: Int, at times: Int..., byteCount: Int = 1000, name: String? = nil, ended: Int? = nil) {
        self.step = step
        self.ended = ended
        self.times = times
        self.byteCount = byteCount
        self.name = name
    }

    private static func time(_ milliseconds: Int) -> Int64 {
        1_700_000_000_000_000_000 + Int64(milliseconds) * 1_000_000
    }

    /// Makes empty files of the given size and time, as a trainer and its filesystem would leave them.
    func write(in directory: FilePath) throws -> Checkpoint {
        let path = directory.appending(name ?? "checkpoint-\(step)")
        try Publication.removeTree(path)
        try Publication.makeDirectories(path)
        let weights = try times.enumerated().map { index, time in
            let file = path.appending("model-\(index).safetensors")
            try Fixture.write([], to: file)
            let descriptor = try FileDescriptor.open(file, .writeOnly)
            try descriptor.closeAfter { try descriptor.resize(to: Int64(byteCount)) }
            try FileTimes.set(file, to: Self.time(time))
            return CheckpointFile(
                relativePath: "model-\(index).safetensors",
                fingerprint: FileFingerprint(try FileStatus.of(file))
            )
        }
        let candidate = CheckpointCandidate(
            name: path.lastComponent?.string ?? "",
            step: Step(step),
            unit: .directory,
            path: path
        )
        return try Self.checkpoint(candidate, weights, savingEnded: ended.map(Self.time))
    }

    /// A checkpoint whose weights are in certain files, and whose catalog is empty.
    static func checkpoint(
        _ candidate: CheckpointCandidate,
        _ weights: [CheckpointFile],
        savingEnded: Int64? = nil
    ) throws -> Checkpoint {
        Checkpoint(
            candidate: candidate,
            weights: weights,
            companions: [],
            markers: [],
            catalog: try TensorCatalog([], files: [], names: []),
            savingEnded: savingEnded ?? weights.map(\.fingerprint.modificationTime).max() ?? 0
        )
    }
}
