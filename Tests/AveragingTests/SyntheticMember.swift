import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// A member of a window: weight files of made-up tensors.
struct SyntheticMember: Sendable {
    /// Tensors by file name, in the order of their offsets.
    var files: [String: [SyntheticTensor]]
    /// Spaces behind each header; nil aligns it.
    var padding: Int?

    init(_ tensors: [SyntheticTensor], padding: Int? = nil) {
        self.init(files: ["model.safetensors": tensors], padding: padding)
    }

    init(files: [String: [SyntheticTensor]], padding: Int? = nil) {
        self.files = files
        self.padding = padding
    }

    /// One vector "w" of floats.
    static func floats(_ values: [Float]) -> SyntheticMember {
        SyntheticMember([SyntheticTensor("w", values)])
    }

    /// The bytes of a file.
    func bytes(_ name: String) -> [UInt8] {
        SyntheticTensor.file(files[name] ?? [], padding: padding)
    }

    func tensor(_ name: String) -> SyntheticTensor? {
        files.values.lazy.flatMap(\.self).first { $0.name == name }
    }

    /// Writes a directory checkpoint and opens it.
    func write(to path: FilePath) throws -> Checkpoint {
        try Publication.makeDirectories(path)
        for name in files.keys { try Fixture.write(bytes(name), to: path.appending(name)) }
        return try CheckpointOpener.open(path, position: 0)
    }

    /// Writes members as `checkpoint-10`, `checkpoint-20` and so on.
    static func window(_ members: [SyntheticMember], in directory: FilePath) throws -> CheckpointWindow {
        let checkpoints = try members.enumerated().map { index, member in
            try member.write(to: directory.appending("checkpoint-\((index + 1) * 10)"))
        }
        return try #require(CheckpointWindow(members: checkpoints))
    }
}

extension CheckpointWindow {
    /// The plan for all members of the window.
    func plan(filter: TensorFilter = TensorFilter(), recipe: Recipe? = nil) throws -> AveragingPlan {
        try AveragingPlanner(rules: TensorRules(filter: filter, quantized: .copy))
            .plan(self, recipe: recipe ?? Recipe(name: "lawa", window: .last(members.count)))
    }
}
