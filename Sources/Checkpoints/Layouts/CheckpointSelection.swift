/// What a layout makes of the files of a candidate.
package struct CheckpointSelection: Equatable, Sendable {
    /// Files with weights.
    package var weights: [String] = []
    /// Those of the weights that belong to the model only if they hold what the others do not, as the fully trained layers
    /// beside an adapter.
    package var supplements: Set<String> = []
    /// Files with weights that are not taken, and why.
    package var leftOut: [String: LeftOut.Reason] = [:]
    /// Shard indexes; each must be fully covered by weight files beside it.
    package var indexes: [String] = []
    /// Small files that make the weights loadable, the indexes among them.
    package var companions: [String] = []
    /// Files that the trainer writes last; all must be there and hold what they should.
    package var markers: [CheckpointMarker] = []
    /// Files whose presence says that the checkpoint is not whole.
    package var negativeMarkers: [String] = []
    /// Weight files in formats that are not read, named to the operator where nothing else is there.
    package var unreadableWeights: [String] = []

    /// Starts with nothing selected.
    package init() {}

    /// Selects a candidate that is one file, as its weights.
    init(file candidate: CheckpointCandidate) {
        weights = [candidate.name]
    }
}
