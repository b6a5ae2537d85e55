import LinuxSystem
import SystemPackage
import TensorFormats

/// A shard index as it lies in a checkpoint, with its names made relative to the checkpoint.
struct ShardIndexFile {
    /// The index's own relative path.
    let path: String
    /// The sub-directory that it is in, with its slash; empty at the top.
    let directory: String
    /// Relative paths of the shards that it names.
    let files: Set<String>

    /// What it takes of memory, in bytes.
    let heldByteCount: Int

    private let weightMap: [String: String]
    /// What a tensor takes in the map, apart from the text of its name.
    private static let tensorByteCount = 100

    /// Reads and validates an index; all shards that it names must be there.
    init(
        reading path: String,
        of candidate: CheckpointCandidate,
        files present: CandidateFiles,
        memory: ReaderMemory
    ) throws {
        guard let file = present[path] else { throw Incompleteness.vanished }
        let index: ShardIndex
        do {
            index = try ShardIndex(parsing: SmallFile.read(candidate.path(of: file), memory: memory), memory: memory)
        } catch let error as ShardIndexError {
            throw Incompleteness.invalidIndex(file: path, problem: "\(error)")
        } catch let error as SmallFileError {
            throw Incompleteness.invalidIndex(file: path, problem: error.problem)
        }
        self.path = path
        let directory = ModelDirectory.directoryPrefix(of: path)
        self.directory = directory
        files = Set(index.files.map { directory + $0 })
        weightMap = index.weightMap
        heldByteCount = file.fingerprint.byteCount + Self.tensorByteCount * index.weightMap.count
        for shard in files.sorted() where present[shard] == nil {
            throw Incompleteness.missingShard(file: shard, index: path)
        }
    }

    /// Every tensor of the index must be in the shard that the index names.
    func check(against catalog: TensorCatalog, weights: [CheckpointFile]) throws(Incompleteness) {
        for (tensor, shard) in weightMap {
            guard let entry = catalog[directory + tensor], weights[entry.file].relativePath == directory + shard else {
                throw .shardMismatch(tensor: tensor, file: directory + shard, index: path)
            }
        }
    }
}
