import LinuxSystem
import SystemPackage
import TensorFormats

/// Decides whether a candidate is a whole checkpoint, by its content.
///
/// It reads markers, indexes and headers, never the tensors. Whether the files have been quiet for long enough is the
/// caller's question.
package struct CheckpointInspector: Sendable {
    private let layout: any TrainerLayout

    /// Inspects by the rules of a layout.
    package init(layout: any TrainerLayout) {
        self.layout = layout
    }

    /// A candidate's files become a checkpoint, or the reason why not.
    package func inspect(
        _ candidate: CheckpointCandidate,
        files: CandidateFiles
    ) -> Result<Checkpoint, Incompleteness> {
        Result { () throws(Incompleteness) in
            do {
                return try checkpoint(candidate, files: files)
            } catch {
                throw Incompleteness(causedBy: error)
            }
        }
    }

    private func checkpoint(_ candidate: CheckpointCandidate, files: CandidateFiles) throws -> Checkpoint {
        var selection = layout.selection(from: files.files.map(\.relativePath), of: candidate)
        for marker in selection.negativeMarkers where files[marker] != nil {
            throw Incompleteness.markedIncomplete(file: marker)
        }
        let markers = try selection.markers.map { try checkMarker($0, of: candidate, files: files) }
        let indexes = try selection.indexes.map { try ShardIndexFile(reading: $0, of: candidate, files: files) }
        selection.weights = try Self.withoutStaleShards(selection.weights, indexes: indexes)
        guard !selection.weights.isEmpty else {
            throw Incompleteness.noWeights(found: selection.unreadableWeights)
        }
        let weights = selection.weights.compactMap { files[$0] }
        let catalog = try readCatalog(weights, of: candidate)
        for index in indexes { try index.check(against: catalog, weights: weights) }
        return Checkpoint(
            candidate: candidate,
            weights: weights,
            companions: selection.companions.compactMap { files[$0] },
            markers: markers,
            catalog: catalog
        )
    }

    private func checkMarker(
        _ marker: String,
        of candidate: CheckpointCandidate,
        files: CandidateFiles
    ) throws -> CheckpointFile {
        guard let file = files[marker] else { throw Incompleteness.missingMarker(file: marker) }
        do {
            // Python writes a loss that diverged as NaN, which JSON does not have.
            try SmallFile.parseJSON(candidate.path(of: file), options: JSONOptions(allowsNonFinite: true))
        } catch let error as SmallFileError {
            throw Incompleteness.invalidMarker(file: marker, problem: error.problem)
        }
        return file
    }

    private func readCatalog(_ weights: [CheckpointFile], of candidate: CheckpointCandidate) throws -> TensorCatalog {
        var entries: [TensorCatalog.Entry] = []
        for (index, file) in weights.enumerated() {
            let header = try WeightFile.readHeader(candidate.path(of: file), of: file)
            let prefix = candidate.unit == .directory ? ModelDirectory.directoryPrefix(of: file.relativePath) : ""
            entries.reserveCapacity(entries.count + header.tensors.count)
            for info in header.tensors {
                entries.append(TensorCatalog.Entry(name: prefix + info.name, info: info, file: index))
            }
        }
        return try TensorCatalog(entries, files: weights.map(\.relativePath))
    }

    /// Leaves out the shards of an earlier save with another count, and asks for the index of shards that have none.
    private static func withoutStaleShards(_ weights: [String], indexes: [ShardIndexFile]) throws -> [String] {
        try weights.filter { path in
            guard ModelDirectory.isShardName(path) else { return true }
            let directory = ModelDirectory.directoryPrefix(of: path)
            let beside = indexes.filter { $0.directory == directory }
            guard !beside.isEmpty else {
                throw Incompleteness.missingMarker(file: "\(directory)model.safetensors.index.json")
            }
            return beside.contains { $0.files.contains(path) }
        }
    }
}
