import LinuxSystem
import SystemPackage
package import TensorFormats

/// Decides whether a candidate is a whole checkpoint, by its content.
///
/// It reads markers, indexes and headers, never the tensors. Whether the files have been quiet for long enough is the
/// caller's question.
package struct CheckpointInspector: Sendable {
    /// The layout whose rules count.
    package let layout: any TrainerLayout
    private let model: [String]?
    private let takesAverages: Bool
    private let memory: ReaderMemory

    /// Inspects by the rules of a layout.
    ///
    /// - Parameters:
    ///   - model: the keys that lead to each part of the model within a file that holds more, joined by slashes; nil finds
    ///     out.
    ///   - takesAverages: whether an average made by this program counts as a checkpoint, as it does where a person names
    ///     it, but never where it merely lies among those of a trainer.
    ///   - memory: what reading the weight files of one checkpoint may take together.
    package init(
        layout: any TrainerLayout,
        model: [String]? = nil,
        takesAverages: Bool = false,
        memory: ReaderMemory = .ofThisProcess
    ) {
        self.layout = layout
        self.model = model
        self.takesAverages = takesAverages
        self.memory = memory
    }

    /// A candidate's files become a checkpoint, or the reason why not.
    ///
    /// - Parameters:
    ///   - candidate: name, step and place.
    ///   - files: the files that were found in it.
    ///   - memory: what reading it may take, where that is less than the inspector has for each.
    package func inspect(
        _ candidate: CheckpointCandidate,
        files: CandidateFiles,
        memory: ReaderMemory? = nil
    ) -> Result<Checkpoint, Incompleteness> {
        if let memory, memory.byteCount < self.memory.byteCount {
            return within(memory).inspect(candidate, files: files)
        }
        return inspect(candidate, files)
    }

    private func within(_ memory: ReaderMemory) -> CheckpointInspector {
        CheckpointInspector(layout: layout, model: model, takesAverages: takesAverages, memory: memory)
    }

    private func inspect(
        _ candidate: CheckpointCandidate,
        _ files: CandidateFiles
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
        if !takesAverages { try requireName(of: candidate) }
        if !takesAverages, let manifest = try AverageSign.find(of: candidate, among: files, memory: memory) {
            throw Incompleteness.average(manifest: manifest)
        }
        var selection = layout.selection(from: files.files.map(\.relativePath), of: candidate)
        for marker in selection.negativeMarkers where files[marker] != nil {
            throw Incompleteness.markedIncomplete(file: marker)
        }
        try Self.requireSizes(of: selection, files)
        let markers = try selection.markers.map { try checkMarker($0, of: candidate, files: files) }
        let indexes = try selection.indexes.map { try index($0, of: candidate, files: files) }
        selection.weights = try Self.withoutStaleShards(selection.weights, indexes: indexes)
        guard !selection.weights.isEmpty else {
            throw Incompleteness.noWeights(found: selection.unreadableWeights)
        }
        let (weights, catalog) = try readCatalog(&selection, of: candidate, files: files, beside: indexes)
        for index in indexes { try index.check(against: catalog, weights: weights) }
        let identified = try Self.identify(candidate, by: catalog)
        let companions = selection.companions.compactMap { files[$0] }
        return Checkpoint(
            candidate: identified,
            // A version of a file that is written in place has a name of its own, as its pin will have.
            weights: candidate.stepIsInside
                ? weights.map { CheckpointFile(relativePath: identified.name, fingerprint: $0.fingerprint) } : weights,
            companions: companions,
            // Beside a file lies what a pin does not take along.
            markers: candidate.unit == .directory ? markers : [],
            catalog: catalog,
            settings: try ModelSettings(
                of: companions,
                in: candidate,
                descriptions: Array(zip(weights.map(\.relativePath), catalog.files)),
                memory: memory
            ),
            leftOut: Self.leftOut(selection, files: files, weights: weights, catalog: catalog),
            savingEnded: files.lastModification
        )
    }

    private func requireName(of candidate: CheckpointCandidate) throws(Incompleteness) {
        let (byteCount, limit) = (candidate.name.utf8.count, AverageSign.maximumFileNameByteCount)
        guard candidate.unit == .directory || byteCount <= limit else {
            throw .nameTooLong(byteCount: byteCount, limit: limit)
        }
    }

    private func index(
        _ path: String,
        of candidate: CheckpointCandidate,
        files: CandidateFiles
    ) throws -> ShardIndexFile {
        try ShardIndexFile(reading: path, of: candidate, files: files, memory: memory)
    }

    /// No sum of the sizes that what is selected claims may overflow, here or over a window.
    private static func requireSizes(
        of selection: CheckpointSelection,
        _ files: CandidateFiles
    ) throws(Incompleteness) {
        let paths = Set(selection.weights + selection.companions + selection.markers.map(\.path))
        var room = SizeLimit.byteCount
        for file in files.files where paths.contains(file.relativePath) {
            let byteCount = file.fingerprint.byteCount
            guard byteCount <= room else { throw .tooLarge(file: file.relativePath, byteCount: byteCount) }
            room -= byteCount
        }
    }

    private static func identify(
        _ candidate: CheckpointCandidate,
        by catalog: TensorCatalog
    ) throws(Incompleteness) -> CheckpointCandidate {
        guard candidate.stepIsInside else { return candidate }
        guard let step = catalog.step else { throw .noStep(file: candidate.name) }
        return candidate.identified(by: step)
    }

    private func checkMarker(
        _ marker: CheckpointMarker,
        of candidate: CheckpointCandidate,
        files: CandidateFiles
    ) throws -> CheckpointFile {
        guard let file = files[marker.path] else { throw Incompleteness.missingMarker(file: marker.path) }
        do {
            switch marker.content {
            case .any where file.fingerprint.byteCount == 0: throw SmallFileError(problem: "it is empty")
            case .any: break
            // Python writes a loss that diverged as NaN, which JSON does not have.
            case .json:
                try SmallFile.parseJSON(candidate.path(of: file), allowsNonFinite: true, memory: memory)
            }
        } catch let error as SmallFileError {
            throw Incompleteness.invalidMarker(file: marker.path, problem: error.problem)
        }
        return file
    }

    /// What a tensor of a file that was read takes in the catalog, name and shape included.
    private static let tensorByteCount = 400

    /// Reads the weights; a supplement that adds nothing, or holds no model, is left out.
    private func readCatalog(
        _ selection: inout CheckpointSelection,
        of candidate: CheckpointCandidate,
        files: CandidateFiles,
        beside indexes: [ShardIndexFile]
    ) throws -> ([CheckpointFile], TensorCatalog) {
        let memory = memory.left(beside: indexes.map(\.heldByteCount).clampedSum)
        var read: [(file: CheckpointFile, content: WeightFile.Content)] = []
        var count = 0
        for file in selection.weights.compactMap({ files[$0] }) {
            let left = memory.left(beside: Self.tensorByteCount * count)
            do {
                let path = candidate.path(of: file)
                read.append((file, try WeightFile.read(path, of: file, model: model, memory: left)))
            } catch Incompleteness.noModel where selection.supplements.contains(file.relativePath) {
                selection.leftOut[file.relativePath] = .unknownFile
            }
            count += read.last?.content.tensors.count ?? 0
        }
        let supplements = selection.supplements
        let isSupplement = { (file: CheckpointFile) in supplements.contains(file.relativePath) }
        let names = Set(read.filter { !isSupplement($0.file) }.flatMap { $0.content.tensors.map(\.name) })
        for (file, content) in read where isSupplement(file) && content.tensors.allSatisfy({ names.contains($0.name) })
        {
            selection.leftOut[file.relativePath] = .twin
        }
        read.removeAll { selection.leftOut[$0.file.relativePath] != nil }
        guard !read.isEmpty else { throw Incompleteness.noWeights(found: selection.unreadableWeights) }
        var entries: [TensorCatalog.Entry] = []
        entries.reserveCapacity(count)
        for (index, (file, content)) in read.enumerated() {
            let prefix = candidate.unit == .directory ? ModelDirectory.directoryPrefix(of: file.relativePath) : ""
            for info in content.tensors {
                // Two texts that are put together are a third one, even where the first is empty.
                let name = prefix.isEmpty ? info.name : prefix + info.name
                entries.append(TensorCatalog.Entry(name: name, info: info, file: index))
            }
        }
        let weights = read.map(\.file)
        let catalog = try TensorCatalog(
            entries,
            files: read.map(\.content.description),
            names: weights.map(\.relativePath)
        )
        return (weights, catalog)
    }

    private static func leftOut(
        _ selection: CheckpointSelection,
        files: CandidateFiles,
        weights: [CheckpointFile],
        catalog: TensorCatalog
    ) -> [LeftOut] {
        let within = zip(weights, catalog.files).flatMap { file, description -> [LeftOut] in
            guard let model = description.model else { return [] }
            return model.others.map { LeftOut($0, in: file.relativePath, beside: model.path) }
        }
        let apart = selection.leftOut.sorted { $0.key < $1.key }.compactMap { path, reason in
            files[path].map { LeftOut(file: $0, reason: reason) }
        }
        return apart + within
    }

    /// Leaves out the shards of an earlier save with another count, and asks for the index of shards that have none.
    private static func withoutStaleShards(_ weights: [String], indexes: [ShardIndexFile]) throws -> [String] {
        try weights.filter { path in
            guard ModelDirectory.isShardName(path) else { return true }
            let directory = ModelDirectory.directoryPrefix(of: path)
            let beside = indexes.filter { $0.directory == directory }
            guard !beside.isEmpty else {
                throw Incompleteness.missingMarker(file: directory + ModelDirectory.indexName(for: path))
            }
            return beside.contains { $0.files.contains(path) }
        }
    }
}
