import LinuxSystem
import SystemPackage

/// What is to be known of a run and its machine before anything is decided.
struct SetupFindings: Sendable {
    /// Which trainer saves in the directory.
    enum Layout: Equatable, Sendable {
        case recognised(String)
        case none
        /// Several layouts fit equally.
        case several([String])
        /// Several series of files lie side by side.
        case series([String])
        /// The directory is there but cannot be listed.
        case unknown(problem: String)
    }

    /// The checkpoints that are there.
    struct Saved: Equatable, Sendable {
        /// How many are named like checkpoints.
        var count = 0
        /// How many of them, the newest, were looked into.
        var lookedInto = 0
        /// How many of those are complete.
        var complete = 0
        /// Steps in ascending order, of the complete ones.
        var steps: [Int] = []
        /// Why the newest is not complete, if it is not.
        var problem: String?
        /// The bytes that the average of the newest complete one takes.
        var byteCount: Int?
        /// Whether the trainer writes one file again and again.
        var isInPlace = false
    }

    /// The watched directory; nil where it does not exist yet.
    var directory: PathFacts?
    /// The same, or the nearest directory above it that exists.
    var nearest: PathFacts
    /// Whether this process may not even see whether the watched directory is there.
    var isHidden = false
    /// See `Layout`.
    var layout = Layout.none
    /// See `Saved`.
    var saved = Saved()
    /// The directory that the newest checkpoint is, if it is one.
    var newestDirectory: PathFacts?
    /// The weight files of the newest checkpoint.
    var newestWeights: [PathFacts] = []
    /// Its other files that are needed.
    var newestCompanions: [PathFacts] = []
    /// Whether the directory looks like a checkpoint itself.
    var isCheckpoint = false
    /// The output; nil where it does not exist yet.
    var output: PathFacts?
    /// The nearest directory above the output that exists.
    var outputParent: PathFacts
    /// Whether run and output lie on one filesystem.
    var isOneFileSystem = true
    /// Name of the run's filesystem, and whether events tell of all changes on it.
    var fileSystem: (name: String, tellsAllChanges: Bool) = ("?", true)
    /// Bytes free at the output.
    var free: Int?
    /// The umask that makes averages as private as the run's directory and its weights; nil where everybody may read both.
    var umask: UInt32? {
        guard let directory else { return nil }
        let mode = newestWeights.reduce(directory.end.permissions.mode) { $0 & $1.end.permissions.mode }
        guard mode & 0o007 == 0 else { return nil }
        return mode & 0o070 == 0 ? 0o077 : 0o027
    }
    /// Where symbolic links on the way to run and output lead.
    var resolved: (watch: FilePath, output: FilePath)
    /// What is at the places of the files that would be written, by their paths.
    var existing: [FilePath: [UInt8]] = [:]
    /// Instances that are configured in the same scope, with the directories that they watch.
    var configured: [String: FilePath] = [:]
    /// The directory that holds configurations in this scope.
    var configurations: FilePath
    /// The same, or the nearest directory above it that exists.
    var place: PathFacts?
    /// Whether `lawad@.service` is where the manager looks.
    var hasUnit = true
    /// The schema that the configuration can name, where it is installed.
    var schema: FilePath?
}
