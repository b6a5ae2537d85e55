/// What a checkpoint says beside its numbers that decides what they mean: LoRA's scale, quantisation, tied embeddings.
///
/// Numbers of the same names and shapes under other settings are of another model, so that their mean is of none.
package struct ModelSettings: Sendable, Equatable {
    /// A setting in which two checkpoints differ.
    package struct Difference: Hashable, Sendable {
        /// Relative path of the file that says it.
        package let file: String
        /// The setting's name, with those of the objects around it.
        package let key: String
        /// What the first says, as JSON.
        package let value: String
        /// What the second says, as JSON.
        package let otherValue: String
    }

    /// Values as JSON by file and key.
    private var values: [String: [String: String]] = [:]
    /// Whether a file says that the model is quantised.
    package private(set) var declaresQuantization = false

    /// States nothing.
    init() {}

    /// Adds what one file says.
    mutating func add(_ statements: [String: String], of file: String) {
        guard !statements.isEmpty else { return }
        values[file, default: [:]].merge(statements) { $1 }
        if statements.keys.contains(where: { SettingNames.isQuantization($0) }) { declaresQuantization = true }
    }

    /// The first setting in which two checkpoints differ, in the order of files and keys; nil where in none.
    ///
    /// A newer version of a library writes more settings than the one before it. So one that a side lacks differs only
    /// where lacking it means something, as it does for a way of scaling that has to be asked for.
    package func difference(from other: ModelSettings) -> Difference? {
        for file in Set(values.keys).union(other.values.keys).sorted() {
            let (mine, theirs) = (values[file] ?? [:], other.values[file] ?? [:])
            for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
                guard mine[key] != nil && theirs[key] != nil || SettingNames.countsWhereAbsent(key) else { continue }
                return Difference(
                    file: file,
                    key: key,
                    value: mine[key] ?? "nothing",
                    otherValue: theirs[key] ?? "nothing"
                )
            }
        }
        return nil
    }
}
