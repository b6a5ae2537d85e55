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

    /// `average` where a manifest says so, else `checkpoint`.
    let kind: String
    let path: String
    let format = "safetensors"
    /// The trainer layout that the name belongs to, if any.
    let layout: String?
    let unit: CheckpointCandidate.Unit
    let step: Int?
    let bytes: Int
    let weights: [FileSize]
    let companions: [FileSize]
    let types: [TypeCount]
    let tally: TensorTally
    let tensors: [Tensor]
    /// What the manifest says, where the checkpoint is an average.
    let average: AverageManifest?

    /// Opens what lies at a path; throws `Failure`.
    init(_ path: FilePath) throws {
        let checkpoint: Checkpoint
        do {
            checkpoint = try CheckpointOpener.open(path, position: 0)
        } catch {
            throw Failure(opening: path, error)
        }
        let planner = AveragingPlanner()
        let decisions = checkpoint.catalog.entries.map { ($0, planner.copyReason(of: $0)) }
        average = try Self.manifest(of: checkpoint)
        kind = average == nil ? "checkpoint" : "average"
        self.path = path.string
        layout = Self.layout(of: path, unit: checkpoint.candidate.unit)
        unit = checkpoint.candidate.unit
        step = average?.step ?? CheckpointOpener.step(of: checkpoint.name)?.value
        bytes = checkpoint.weightByteCount
        weights = checkpoint.weights.map(FileSize.init)
        companions = checkpoint.companions.map(FileSize.init)
        types = Self.types(of: checkpoint)
        tally = TensorTally(decisions)
        tensors = decisions.map { entry, copyReason in
            Tensor(
                name: entry.name,
                type: entry.info.elementType,
                shape: entry.info.shape,
                bytes: entry.info.byteRange.count,
                file: checkpoint.weights[entry.file].relativePath,
                copyReason: copyReason
            )
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

    private static func layout(of path: FilePath, unit: CheckpointCandidate.Unit) -> String? {
        guard let name = path.lastComponent?.string else { return nil }
        let entry = DirectoryEntry(name: name, kind: unit == .directory ? .directory : .regular)
        let parent = path.removingLastComponent()
        return TrainerLayouts.all.first { !$0.candidates(in: parent, entries: [entry]).isEmpty }?.name
    }
}

extension CheckpointInspection.FileSize {
    init(_ file: CheckpointFile) {
        self.init(path: file.relativePath, bytes: file.fingerprint.byteCount)
    }
}
