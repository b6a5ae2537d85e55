import SystemPackage
import TensorFormats

/// A checkpoint that was found whole: its weights validate and nothing says that it is still being written.
///
/// Only an inspection makes one, so a value of this type never stands for half a checkpoint.
package struct Checkpoint: Sendable {
    /// Name, step and place.
    package let candidate: CheckpointCandidate
    /// The files with weights, in the order of their paths.
    package let weights: [CheckpointFile]
    /// The small files that make the weights loadable: configuration, tokenizer, shard index.
    package let companions: [CheckpointFile]
    /// Files that say that the checkpoint is whole, kept with a pin so that it can be inspected again.
    package let markers: [CheckpointFile]
    /// Where the numbers are.
    package let catalog: TensorCatalog
    /// What is said beside the numbers about their meaning.
    package let settings: ModelSettings
    /// What holds numbers and is in no average, in the order of the files.
    package let leftOut: [LeftOut]
    /// When the last of all its files was written, in nanoseconds since 1970, those included that no average needs.
    package let savingEnded: Int64

    init(
        candidate: CheckpointCandidate,
        weights: [CheckpointFile],
        companions: [CheckpointFile],
        markers: [CheckpointFile],
        catalog: TensorCatalog,
        settings: ModelSettings = ModelSettings(),
        leftOut: [LeftOut] = [],
        savingEnded: Int64
    ) {
        self.candidate = candidate
        self.weights = weights
        self.companions = companions
        self.markers = markers
        self.catalog = catalog
        self.settings = settings
        self.leftOut = leftOut
        self.savingEnded = savingEnded
    }

    /// The entry's name.
    package var name: String { candidate.name }
    /// The training step.
    package var step: Step { candidate.step }
    /// The bytes of all weight files.
    package var weightByteCount: Int { weights.reduce(0) { $0 + $1.fingerprint.byteCount } }
    /// The bytes of the small files that go with the weights.
    package var companionByteCount: Int { companions.reduce(0) { $0 + $1.fingerprint.byteCount } }

    /// The bytes that a full copy of it takes.
    package var byteCount: Int {
        weightByteCount + companionByteCount + markers.reduce(0) { $0 + $1.fingerprint.byteCount }
    }

    /// When the latest of its weight files was written, in nanoseconds since 1970.
    package var modified: Int64 { weights.map(\.fingerprint.modificationTime).max() ?? 0 }

    /// The same checkpoint with the step that its content tells.
    func counted(as step: Step) -> Checkpoint {
        with(candidate.counted(as: step))
    }

    /// The same files as they are found after their directory was renamed.
    func relocated(to directory: FilePath) -> Checkpoint {
        with(candidate.relocated(to: directory))
    }

    /// A checkpoint read from a pin, which has no other files than are needed, with those that lay beside its own.
    package func beside(_ files: [LeftOut]) -> Checkpoint {
        with(candidate, leftOut: files + leftOut.filter { $0.place != nil })
    }

    /// The files that are left out.
    package var filesLeftOut: [LeftOut] { leftOut.filter { $0.place == nil } }

    /// The same checkpoint with a catalog that says the same in less memory.
    package func holding(_ catalog: TensorCatalog) -> Checkpoint {
        with(candidate, catalog: catalog)
    }

    private func with(
        _ candidate: CheckpointCandidate,
        catalog: TensorCatalog? = nil,
        leftOut: [LeftOut]? = nil
    ) -> Checkpoint {
        Checkpoint(
            candidate: candidate,
            weights: weights,
            companions: companions,
            markers: markers,
            catalog: catalog ?? self.catalog,
            settings: settings,
            leftOut: leftOut ?? self.leftOut,
            savingEnded: savingEnded
        )
    }

    /// Whether both are the same version of the same checkpoint, one of them perhaps a pin of the other.
    package func isSameVersion(as other: Checkpoint) -> Bool {
        guard step == other.step, weights.count == other.weights.count else { return false }
        return zip(weights, other.weights).allSatisfy {
            $0.relativePath == $1.relativePath && $0.fingerprint.sameContent(as: $1.fingerprint)
        }
    }
}
