import Glibc
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport

/// A trainer that does everything that trainers do to their directory, in random order, and knows what is whole.
///
/// What it saves follows from step and version, so that a member that was torn or mixed is no mean of what was saved.
struct TortureTrainer {
    /// How it saves, and what a checkpoint is.
    enum Kind: CaseIterable {
        /// `checkpoint-<step>/`, whose marker is written last.
        case directory
        /// The same with two shards and an index.
        case shards
        /// `step_<step>.safetensors`.
        case file
        /// `ckpt.pt`, which every save overwrites.
        case overwritten

        /// Whether a checkpoint is one file.
        var isFile: Bool { self == .file || self == .overwritten }
    }

    /// One way of writing a file.
    private enum Writing: CaseIterable {
        case renamed
        case renamedWhileOpen
        case inPlace
        case inPieces
        case extendedFirst
    }

    let directory: FilePath
    let kind: Kind
    private(set) var history = TortureHistory()
    private(set) var actionCount = 0
    private var random: SeededGenerator
    /// What tells of itself in two bytes of a pickle begins beyond one.
    private var step = 256
    private var keep = 0

    init(_ directory: FilePath, kind: Kind, seed: UInt64) {
        self.directory = directory
        self.kind = kind
        random = SeededGenerator(seed: seed)
        keep = random.below(4)
    }

    /// Does something.
    mutating func act() throws {
        actionCount += 1
        switch random.below(20) {
        case 0: try delete(history.present.max())
        case 1: try delete(history.present.min())
        case 2: try rewrite()
        case 3: try abandon()
        case 4: try resume()
        case 5: keep = random.below(4)
        case 6: try litter()
        default:
            step += 1 + random.below(3)
            try save(step)
            try rotate()
        }
    }

    /// Saves some checkpoints and deletes nothing.
    mutating func saveAll(_ count: Int) throws {
        keep = 0
        for _ in 0..<count {
            step += 1
            try save(step)
        }
    }

    /// The name of a step's checkpoint.
    func name(_ step: Int) -> String {
        switch kind {
        case .directory, .shards: "checkpoint-\(step)"
        case .file: "step_\(step).safetensors"
        case .overwritten: "ckpt-\(step).pt"
        }
    }

    /// The weight files of an average.
    func expected(meanOf members: [TortureHistory.Save]) throws -> [(path: String, bytes: [UInt8])] {
        if kind == .overwritten {
            let saves = members.map { OverwrittenFile.Save(step: $0.step, version: $0.version) }
            return [(name(members[members.count - 1].step), try OverwrittenFile(meanOf: saves).bytes)]
        }
        return parts(of: name(members[members.count - 1].step)).map { path, model in
            (path, model.file(meanOf: members.map(\.identity)))
        }
    }

    // MARK: - Actions

    private mutating func begin(_ step: Int) -> TortureHistory.Save {
        if kind == .overwritten { for old in history.present { history.delete(old) } }
        return history.begin(step)
    }

    /// Where a step is saved.
    private func path(_ step: Int) -> FilePath {
        directory.appending(kind == .overwritten ? "ckpt.pt" : name(step))
    }

    private mutating func save(_ step: Int) throws {
        let save = begin(step)
        try write(save, until: .max)
        history.finish(save)
    }

    /// Saves a checkpoint again that is there, as a script does that was started twice.
    private mutating func rewrite() throws {
        guard let step = history.present.randomElement(using: &random) else { return }
        if !kind.isFile && random.below(2) == 0 { try delete(step) }
        try save(step)
    }

    /// Begins a checkpoint and ends in its midst, as a trainer does that is killed. Something of it tells that it is not
    /// whole: a temporary name, the missing marker, or the missing end.
    private mutating func abandon() throws {
        step += 1
        let save = begin(step)
        try write(save, until: kind.isFile ? 1 : 1 + random.below(3))
    }

    private mutating func delete(_ step: Int?) throws {
        guard let step else { return }
        history.delete(step)
        try Publication.removeTree(path(step))
    }

    private mutating func rotate() throws {
        guard keep > 0, kind != .overwritten else { return }
        for old in history.present.sorted().dropLast(keep) { try delete(old) }
    }

    /// Goes on from an earlier checkpoint, without those after it; its next steps are new ones.
    private mutating func resume() throws {
        guard let earlier = history.present.randomElement(using: &random) else { return }
        for later in history.present where later > earlier { try delete(later) }
    }

    /// Leaves what is no checkpoint.
    private mutating func litter() throws {
        let names = ["events.log", "checkpoint-best", "last.safetensors", ".tmp" + String(random.next(), radix: 36)]
        try Fixture.write([1, 2, 3], to: directory.appending(names[random.below(names.count)]))
    }

    // MARK: - Bytes

    /// Writes a checkpoint up to some number of pieces.
    private mutating func write(_ save: TortureHistory.Save, until limit: Int) throws {
        var budget = limit
        if kind.isFile {
            try Publication.makeDirectories(directory)
            return try put(expected(meanOf: [save])[0].bytes, path(save.step), &budget)
        }
        let root = path(save.step)
        try Publication.makeDirectories(root)
        try? unlinkFile(root.appending("trainer_state.json"))
        try put(Array(#"{"model_type": "torture"}"#.utf8), root.appending("config.json"), &budget)
        if kind == .shards { try put(index, root.appending("model.safetensors.index.json"), &budget) }
        for (path, model) in parts(of: name(save.step)) {
            try put(model.file(step: save.identity), root.appending(path), &budget)
        }
        try put(Array(#"{"global_step": \#(save.step)}"#.utf8), root.appending("trainer_state.json"), &budget)
    }

    private func unlinkFile(_ path: FilePath) throws {
        guard unlink(path.string) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Writes one file in two pieces, in a random way, as long as there is budget.
    private mutating func put(_ bytes: [UInt8], _ path: FilePath, _ budget: inout Int) throws {
        guard budget > 0 else { return }
        budget -= 1
        var writing = Writing.allCases[random.below(Writing.allCases.count)]
        let isAbandoned = budget == 0
        // Full size and half of the bytes, under a final name without a marker, is what nobody can tell from whole.
        if isAbandoned && writing == .extendedFirst { writing = .inPieces }
        let isTemporary = writing == .renamed || writing == .renamedWhileOpen
        let target = isTemporary ? path.removingLastComponent().appending(".tmp" + random.letters(6)) : path
        let file = try FileDescriptor.open(
            target,
            .writeOnly,
            options: [.create, .truncate],
            permissions: isTemporary ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter {
            if writing == .extendedFirst || writing == .renamedWhileOpen { try file.resize(to: Int64(bytes.count)) }
            let half = bytes.count / 2
            try file.writeAll(bytes[..<half])
            if isAbandoned { return }
            if writing == .inPieces { HostProcess.pause(milliseconds: Int32(random.below(4))) }
            try file.writeAll(bytes[half...])
            if writing == .renamedWhileOpen { try move(target, to: path) }
        }
        if writing == .renamed && !isAbandoned { try move(target, to: path) }
    }

    private func move(_ source: FilePath, to destination: FilePath) throws {
        guard rename(source.string, destination.string) == 0 else { throw Errno(rawValue: errno) }
    }

    private static let model = SyntheticModel(tensors: [
        .init(name: "embed.weight", type: .f32, rows: 1, columns: 300),
        .init(name: "layers.0.weight", type: .bf16, rows: 1, columns: 65),
        .init(name: "layers.1.weight", type: .f32, rows: 1, columns: 200),
        .init(name: "saved_as", type: .i64, rows: 1, columns: 2),
    ])

    private func parts(of name: String) -> [(path: String, model: SyntheticModel)] {
        let tensors = Self.model.tensors
        return switch kind {
        case .file, .overwritten: [(name, Self.model)]
        case .directory: [("model.safetensors", Self.model)]
        case .shards:
            [
                ("model-00001-of-00002.safetensors", SyntheticModel(tensors: Array(tensors[..<2]))),
                ("model-00002-of-00002.safetensors", SyntheticModel(tensors: Array(tensors[2...]))),
            ]
        }
    }

    private var index: [UInt8] {
        let entries = parts(of: "").flatMap { path, part in part.tensors.map { #""\#($0.name)": "\#(path)""# } }
        return Array(#"{"metadata": {}, "weight_map": {\#(entries.joined(separator: ", "))}}"#.utf8)
    }
}
