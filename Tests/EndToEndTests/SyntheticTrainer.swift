import Glibc
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport

/// Saves checkpoints as trainers do.
struct SyntheticTrainer: Sendable {
    /// How a weight file comes into being.
    enum Writing: CaseIterable, Sendable {
        /// safetensors 0.8: a hidden temporary file of full size, filled, and renamed while it is still open.
        case native
        /// Under its final name, in one go.
        case inPlace
        /// Under its final name, piece by piece.
        case chunked
    }

    /// What a checkpoint looks like.
    enum Shape: CaseIterable, Sendable {
        /// `checkpoint-<step>/` with `model.safetensors`.
        case directory
        /// `checkpoint-<step>/` with two shards and an index.
        case shards
        /// `step_<step>.safetensors`.
        case file
    }

    /// Where checkpoints are saved.
    let directory: FilePath
    var model = SyntheticModel()
    var writing = Writing.native
    var shape = Shape.directory

    /// Starts a trainer.
    init(_ directory: FilePath, writing: Writing = .native, shape: Shape = .directory, model: SyntheticModel = .init())
    {
        self.directory = directory
        self.writing = writing
        self.shape = shape
        self.model = model
    }

    /// The name of a step's checkpoint.
    func name(_ step: Int) -> String {
        shape == .file ? "step_\(step).safetensors" : "checkpoint-\(step)"
    }

    /// The path of a step's checkpoint.
    func path(_ step: Int) -> FilePath {
        directory.appending(name(step))
    }

    /// The weight files of an average of some steps, with their paths below the average; the last step names it.
    func expected(meanOf steps: [Int]) -> [(path: String, bytes: [UInt8])] {
        parts.map { file, model in (file, model.file(meanOf: steps)) }
    }

    /// Saves a checkpoint; `midway` is called when half of each weight file is written.
    func save(_ step: Int, midway: () async throws -> Void = {}) async throws {
        try Publication.makeDirectories(directory)
        if shape == .file {
            try await write(model.file(step: step), to: path(step), midway)
            return
        }
        try beginDirectory(step)
        for (name, part) in parts {
            try await write(part.file(step: step), to: path(step).appending(name), midway)
        }
        try finishDirectory(step)
    }

    /// Saves several checkpoints.
    func save(_ steps: some Sequence<Int>) async throws {
        for step in steps { try await save(step) }
    }

    /// Makes a checkpoint's directory with what is written before the weights.
    func beginDirectory(_ step: Int) throws {
        try Publication.makeDirectories(path(step))
        try Fixture.write(Array(#"{"model_type": "synthetic"}"#.utf8), to: path(step).appending("config.json"))
        if shape == .shards {
            try Fixture.write(index, to: path(step).appending("model.safetensors.index.json"))
        }
    }

    /// Writes what a trainer writes last.
    func finishDirectory(_ step: Int) throws {
        try Fixture.write([1, 2, 3], to: path(step).appending("optimizer.pt"))
        try Fixture.write(
            Array(#"{"global_step": \#(step)}"#.utf8),
            to: path(step).appending("trainer_state.json")
        )
    }

    /// Deletes a checkpoint as rotation does: its files, then the directory.
    func delete(_ step: Int) throws {
        try Publication.removeTree(path(step))
    }

    /// Saves, and then deletes all but the newest `keep` of the steps that were saved before.
    func save(_ step: Int, keep: Int, after earlier: [Int]) async throws {
        try await save(step)
        for old in earlier.dropLast(keep - 1) { try delete(old) }
    }

    private var parts: [(file: String, model: SyntheticModel)] {
        switch shape {
        case .file, .directory: return [("model.safetensors", model)]
        case .shards:
            let half = model.tensors.count / 2
            return [
                ("model-00001-of-00002.safetensors", SyntheticModel(tensors: Array(model.tensors[..<half]))),
                ("model-00002-of-00002.safetensors", SyntheticModel(tensors: Array(model.tensors[half...]))),
            ]
        }
    }

    private var index: [UInt8] {
        let entries = parts.flatMap { file, part in part.tensors.map { #""\#($0.name)": "\#(file)""# } }
        return Array(#"{"metadata": {}, "weight_map": {\#(entries.joined(separator: ", "))}}"#.utf8)
    }

    private func write(_ bytes: [UInt8], to path: FilePath, _ midway: () async throws -> Void) async throws {
        let half = bytes.count / 2
        switch writing {
        case .native:
            let temporary = path.removingLastComponent().appending(".tmp" + String(bytes.count, radix: 36) + "xyz")
            let file = try File.create(temporary, mode: 0o600)
            try file.reserve(byteCount: bytes.count)
            try bytes[..<half].withUnsafeBytes { try file.write($0, at: 0) }
            try await midway()
            try bytes[half...].withUnsafeBytes { try file.write($0, at: half) }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            withExtendedLifetime(file) {}
        case .inPlace:
            let file = try File.create(path)
            try bytes[..<half].withUnsafeBytes { try file.write($0, at: 0) }
            try await midway()
            try bytes[half...].withUnsafeBytes { try file.write($0, at: half) }
        case .chunked:
            // Opened anew for each half, so that nothing but the bytes tells that the file is not whole.
            try File.create(path).writeInPieces(bytes[..<half])
            try await midway()
            let descriptor = try FileDescriptor.open(path, .writeOnly, options: .append)
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes[half...]) }
        }
    }
}

extension File {
    fileprivate func writeInPieces(_ bytes: ArraySlice<UInt8>) throws {
        let size = max(1, bytes.count / 12)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = bytes.dropFirst(start).prefix(size)
            try piece.withUnsafeBytes { try write($0, at: start) }
        }
    }
}

extension SyntheticTrainer {
    /// Saves one checkpoint, waits until it is pinned, and deletes what rotation would; 0 keeps all.
    func save(_ step: Int, keep: Int, pinnedBy daemon: DaemonUnderTest) async throws {
        try await save(step)
        try await daemon.log.wait(containing: "\(name(step)) is complete", "pinned")
        if keep > 0, step > keep { try delete(step - keep) }
    }
}
