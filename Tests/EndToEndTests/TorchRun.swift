import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A run of a trainer that saves with `torch.save`: three checkpoints, as PyTorch wrote them.
struct TorchRun {
    private static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("AveragingTests/Fixtures/torch")

    /// The checkpoints, oldest first.
    let members: [FilePath]

    /// One of the windows that the engine's tests hold against exact means.
    init(_ name: String, _ members: [String] = ["ckpt_1.pt", "ckpt_2.pt", "ckpt_3.pt"]) {
        self.members = members.map { Self.root.appending("\(name)/run/\($0)") }
    }

    /// What `lawa average` makes of some members, which those tests vouch for.
    func average(of indexes: [Int], _ options: [String] = []) async throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let output = directory.path.appending("average.pt")
        let paths = indexes.map { members[$0].string }
        let run = try await LawaRun.lawa(["average", "--quiet", "--output", output.string] + options + paths)
        try #require(run.code == 0, "\(run.complaint)")
        return try Fixture.read(output)
    }

    /// Saves a member under a name as `torch.save` does: the file is opened, cut to nothing and written, whether it was
    /// there before or not.
    func save(_ index: Int, as path: FilePath) throws {
        let bytes = try Fixture.read(members[index])
        let descriptor = open(path.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        try #require(written == bytes.count)
    }
}
