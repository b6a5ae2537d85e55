import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats

/// What a checkpoint or an average holds.
struct CheckpointInspection: Encodable {
    /// A file and its size.
    struct FileSize: Encodable {
        let path: String
        let bytes: Int
    }

    /// The tensors of one element type.
    struct TypeCount: Encodable {
        let type: ElementType
        let tensors: Int
        let elements: Int
        let bytes: Int
    }

    /// One tensor and what an average does with it.
    struct Tensor: Encodable {
        let name: String
        let type: ElementType
        let shape: [Int]
        let bytes: Int
        let file: String
        /// Nil where it is averaged.
        let copyReason: CopyReason?
    }

    /// Where the model was found in a file.
    struct Model: Encodable {
        let file: String
        let path: String
        let reason: String
    }

    /// `average` where a manifest says so, else `checkpoint`.
    let kind: String
    let path: String
    /// The format of each kind of weight file in it.
    let format: String
    /// The trainer layout that the name belongs to, if any.
    let layout: String?
    let unit: CheckpointCandidate.Unit
    let step: Int?
    let bytes: Int
    let weights: [FileSize]
    let companions: [FileSize]
    let types: [TypeCount]
    /// Where the model was found in files that can hold more, and why there.
    let models: [Model]
    /// What holds numbers and is in no average.
    let leftOut: [LeftOut]
    let tally: TensorTally
    let tensors: [Tensor]
    /// What the manifest says, where the checkpoint is an average.
    let average: AverageManifest?

    /// Opens what lies at a path; throws `Failure`.
    init(_ path: FilePath, model: [String]?) throws {
        let checkpoint: Checkpoint
        do {
            checkpoint = try CheckpointOpener.open(path, position: 0, model: model)
        } catch {
            throw Failure(opening: path, error)
        }
        let decisions = TensorRules().decisions(on: checkpoint)
        average = try Self.manifest(of: checkpoint)
        kind = average == nil ? "checkpoint" : "average"
        self.path = path.string
        format = Self.format(of: checkpoint)
        models = Self.models(in: checkpoint)
        layout = Self.layout(of: path, unit: checkpoint.candidate.unit)
        unit = checkpoint.candidate.unit
        step = average?.step ?? CheckpointOpener.toldStep(of: checkpoint)?.value
        bytes = checkpoint.weightByteCount
        weights = checkpoint.weights.map(FileSize.init)
        companions = checkpoint.companions.map(FileSize.init)
        types = Self.types(of: checkpoint)
        leftOut = checkpoint.leftOut
        tally = TensorTally(decisions)
        tensors = decisions.map { decision in
            let entry = decision.tensor
            return Tensor(
                name: entry.name,
                type: entry.info.elementType,
                shape: entry.info.shape,
                bytes: entry.info.byteRange.count,
                file: checkpoint.weights[entry.file].relativePath,
                copyReason: decision.copyReason
            )
        }
    }

    private static func format(of checkpoint: Checkpoint) -> String {
        Set(checkpoint.catalog.files.map(\.format.words)).sorted().joined(separator: ", ")
    }

    private static func models(in checkpoint: Checkpoint) -> [Model] {
        zip(checkpoint.weights, checkpoint.catalog.files).compactMap { file, description in
            description.model.map { model in
                Model(
                    file: file.relativePath,
                    path: model.path,
                    reason: model.reason
                )
            }
        }
    }

    private static func types(of checkpoint: Checkpoint) -> [TypeCount] {
        let groups = Dictionary(grouping: checkpoint.catalog.entries.map(\.info), by: \.elementType)
        return groups.map { type, tensors in
            TypeCount(
                type: type,
                tensors: tensors.count,
                elements: tensors.reduce(0) { $0 + $1.elementCount },
                bytes: tensors.reduce(0) { $0 + $1.byteRange.count }
            )
        }.sorted { ($0.bytes, $1.type.rawValue) > ($1.bytes, $0.type.rawValue) }
    }

    private static func manifest(of checkpoint: Checkpoint) throws -> AverageManifest? {
        let file = ManifestFile.path(of: checkpoint.candidate.path, unit: checkpoint.candidate.unit)
        guard try FileStatus.ifPresent(file) != nil else { return nil }
        do {
            return try ManifestFile.read(file)
        } catch let error as ManifestError {
            throw Failure(.badInput, "\(error); remove it to inspect the weights alone")
        }
    }

    /// The layout of the run that a checkpoint lies in, or else of the checkpoint by itself.
    private static func layout(of path: FilePath, unit: CheckpointCandidate.Unit) -> String? {
        guard let name = path.lastComponent?.string else { return nil }
        let parent = path.removingLastComponent()
        let entry = DirectoryEntry(name: name, kind: unit == .directory ? .directory : .regular)
        let beside = (try? DirectoryListing.entries(of: parent)) ?? []
        for entries in [beside, [entry]] {
            guard case .layout(let layout) = TrainerLayouts.detect(in: parent, entries: entries),
                layout.candidates(in: parent, entries: entries).contains(where: { $0.name == name })
            else { continue }
            return layout.name
        }
        return nil
    }
}

extension CheckpointInspection.FileSize {
    init(_ file: CheckpointFile) {
        self.init(path: file.relativePath, bytes: file.fingerprint.byteCount)
    }
}

extension WeightFormat {
    /// The format in words.
    var words: String {
        switch self {
        case .safetensors: "safetensors"
        case .torchZip: "torch"
        case .torchLegacy: "torch (before 1.6)"
        }
    }
}
