import LinuxSystem
import SystemPackage

/// Saves checkpoints in the order and in the way of the Hugging Face trainer 5.x with safetensors 0.8.
///
/// Order: config.json, weights, training_args.bin, optimizer.pt, scheduler.pt, rng_state.pth, trainer_state.json. The
/// optimizer, scheduler and generator files hold bare little-endian numbers, not pickles; nothing loads them.
struct CheckpointWriter {
    /// The trainer's output directory.
    let output: FilePath
    /// The content of config.json.
    let configuration: ModelConfiguration
    /// The stored type of the weights.
    let element: StoredElement
    /// How many checkpoints rotation leaves; 0 keeps all.
    let keep: Int

    private var saved: [FilePath] = []

    /// Prepares to save below `output`.
    init(output: FilePath, configuration: ModelConfiguration, element: StoredElement, keep: Int) {
        self.output = output
        self.configuration = configuration
        self.element = element
        self.keep = keep
    }

    /// Saves a checkpoint, then deletes the oldest ones beyond `keep`, and returns its directory.
    mutating func save(_ run: TrainingRun, state: TrainerState) throws -> FilePath {
        let directory = output.appending("checkpoint-\(run.step)")
        try Publication.makeDirectories(directory)
        try saveModel(run.student, in: directory)
        try write(StoredElement.f32.encode(run.optimizer.velocity), to: directory.appending("optimizer.pt"))
        try write(StoredElement.f32.encode([run.optimizer.learningRate]), to: directory.appending("scheduler.pt"))
        let generatorState = withUnsafeBytes(of: run.generator.state.littleEndian) { Array($0) }
        try write(generatorState, to: directory.appending("rng_state.pth"))
        try write(try JSONText.encode(state), to: directory.appending("trainer_state.json"))
        saved.append(directory)
        try rotate()
        return directory
    }

    /// Writes config.json, the weights and training_args.bin, as a trainer's `save_model` does.
    func saveModel(_ network: Network, in directory: FilePath) throws {
        try write(try JSONText.encode(configuration), to: directory.appending("config.json"))
        try writeAndRename(
            WeightsFile.encode(network, as: element),
            to: directory.appending("model.safetensors")
        )
        try write(Array("\(configuration.modelType)\n".utf8), to: directory.appending("training_args.bin"))
    }

    private mutating func rotate() throws {
        while keep > 0, saved.count > keep {
            try Publication.removeTree(saved.removeFirst())
        }
    }

    private func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    // The file gets its full length first, and its name while it is still open; only the owner may read it.
    private func writeAndRename(_ bytes: [UInt8], to path: FilePath) throws {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        let suffix = String((0..<6).map { _ in letters[Int.random(in: letters.indices)] })
        let temporary = path.removingLastComponent().appending(".tmp\(suffix)")
        let file = try FileDescriptor.open(
            temporary,
            .readWrite,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter {
            try file.resize(to: Int64(bytes.count))
            _ = try file.writeAll(bytes)
            try Publication.publish(staged: temporary, as: path)
        }
    }
}
