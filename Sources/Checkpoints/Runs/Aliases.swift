import LinuxSystem

/// Checkpoints that are there under several names, told by their files: links to one file are one checkpoint.
package struct Aliases: Sendable {
    /// A further name.
    package struct Alias: Sendable {
        /// The checkpoint under that name.
        package let checkpoint: Checkpoint
        /// The name under which it counts.
        package let keptName: String
    }

    /// Each checkpoint once, in ascending order of steps and names.
    package let distinct: [Checkpoint]
    /// Further names, in the same order.
    package let aliases: [Alias]

    /// Of checkpoints whose weights are all in the same files, the first by step and name counts.
    ///
    /// Checkpoints that share some files are not the same: a part of the model that does not change may be linked.
    package init(among checkpoints: [Checkpoint]) {
        var kept: [Set<FileIdentity>: String] = [:]
        var distinct: [Checkpoint] = []
        var aliases: [Alias] = []
        for checkpoint in checkpoints.sorted(by: { ($0.step, $0.name) < ($1.step, $1.name) }) {
            let files = checkpoint.weightFiles
            if let name = kept[files] {
                aliases.append(Alias(checkpoint: checkpoint, keptName: name))
            } else {
                kept[files] = checkpoint.name
                distinct.append(checkpoint)
            }
        }
        self.distinct = distinct
        self.aliases = aliases
    }
}
