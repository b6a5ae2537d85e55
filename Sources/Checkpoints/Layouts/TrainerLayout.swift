package import LinuxSystem
package import SystemPackage

/// How one family of trainers names its checkpoints and which files make one whole.
///
/// A layout only decides; reading is the inspector's business. A new trainer is a new file beside this one and a line in
/// `TrainerLayouts.all`.
package protocol TrainerLayout: Sendable {
    /// The name that the configuration uses.
    var name: String { get }

    /// One line for people: what the layout looks like on disk.
    var summary: String { get }

    /// The entries of a directory that are named like checkpoints, in no particular order.
    func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate]

    /// Which of a candidate's files are weights, which go along, and which tell that it is whole.
    ///
    /// - Parameter files: relative paths of all regular files of the candidate.
    func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection
}

/// What a layout makes of the files of a candidate.
package struct CheckpointSelection: Equatable, Sendable {
    /// Files with weights.
    package var weights: [String] = []
    /// Shard indexes; each must be fully covered by weight files beside it.
    package var indexes: [String] = []
    /// Small files that make the weights loadable, the indexes among them.
    package var companions: [String] = []
    /// JSON files that the trainer writes last; all must be there and parse.
    package var markers: [String] = []
    /// Files whose presence says that the checkpoint is not whole.
    package var negativeMarkers: [String] = []
    /// Weight files in formats that are not read, named to the operator where nothing else is there.
    package var unreadableWeights: [String] = []

    /// Starts with nothing selected.
    package init() {}
}
