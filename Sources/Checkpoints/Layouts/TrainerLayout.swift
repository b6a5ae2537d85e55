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
    ///
    /// Links and files that are temporary by name are none. The names of pins are understood as well.
    func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate]

    /// How surely the candidates are this trainer's.
    ///
    /// - Parameters:
    ///   - candidates: what `candidates(in:entries:)` found, at least one.
    ///   - files: a candidate's files by relative path; for a file itself and those siblings that are there.
    func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit

    /// Which of a candidate's files are weights, which go along, and which tell that it is whole.
    ///
    /// - Parameter files: relative paths of all regular files of the candidate.
    func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection

    /// Patterns of several series in a directory of which each could be the run; empty where there is no doubt.
    func rivals(among entries: [DirectoryEntry]) -> [String]

    /// Whether two names belong to one run, as far as names tell.
    func isSameSeries(_ name: String, as other: String) -> Bool
}

extension TrainerLayout {
    /// The names fit, and that is all there is to know.
    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        .named
    }

    /// A trainer's own names leave no doubt.
    package func rivals(among entries: [DirectoryEntry]) -> [String] { [] }

    /// A trainer's own names are those of its run.
    package func isSameSeries(_ name: String, as other: String) -> Bool { true }

    /// A file's weights are itself; a directory's are found as in any model directory. Both are whole if they validate.
    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        switch candidate.unit {
        case .directory: ModelDirectory.selection(from: files)
        case .file: CheckpointSelection(file: candidate)
        }
    }
}
