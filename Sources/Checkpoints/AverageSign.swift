import LinuxSystem
import SystemPackage
import TensorFormats

/// How an average made by this program is told from a checkpoint: by the manifest that it always has.
package enum AverageSign {
    /// The manifest's name in an average that is a directory.
    package static let fileName = "lawa.json"
    /// What follows the name of an average that is one file, in the name of the manifest beside it.
    package static let fileSuffix = ".lawa.json"
    /// The longest name on Linux, `NAME_MAX`.
    static let maximumNameByteCount = 255
    /// The longest name of a single file whose average's manifest can have a name.
    static let maximumFileNameByteCount = maximumNameByteCount - fileSuffix.utf8.count
    /// Keys that every manifest has; any program may call a file of its own so.
    package static let keys: Set = ["version", "recipe", "members", "tensors", "rounding"]

    /// The manifest's path relative to the candidate's directory, or to that which a file is in.
    static func path(of candidate: CheckpointCandidate) -> String {
        switch candidate.unit {
        case .directory: fileName
        case .file: (candidate.path.lastComponent?.string ?? candidate.name) + fileSuffix
        }
    }

    /// The manifest of a candidate that is an average; nil where it has none.
    ///
    /// Throws `SystemCallError` where the manifest cannot be read. What does not parse is none of this program's, which
    /// publishes an average only together with its whole manifest.
    static func find(
        of candidate: CheckpointCandidate,
        among files: CandidateFiles,
        memory: ReaderMemory
    ) throws -> String? {
        let path = path(of: candidate)
        guard files[path] != nil else { return nil }
        let place = candidate.unit == .directory ? candidate.path.appending(path) : candidate.sibling(path)
        do {
            return try keys.isSubset(of: SmallFile.keys(ofJSON: place, memory: memory)) ? path : nil
        } catch is SmallFileError {
            return nil
        }
    }
}
