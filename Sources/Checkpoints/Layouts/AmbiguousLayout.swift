import SystemPackage

/// Several layouts, or several series of files, fit what lies in a directory equally well.
package struct AmbiguousLayout: Error, CustomStringConvertible {
    /// The directory.
    let path: FilePath
    /// The names of the layouts, or the patterns of the series.
    let names: [String]
    /// Whether they are series.
    let areSeries: Bool

    /// Which directory and which layouts, and what to do.
    package var description: String {
        let list = names.map { "\"\($0)\"" }.joined(separator: " and ")
        return areSeries
            ? "the series \(list) lie side by side in \"\(path)\"; name the checkpoints one by one"
            : "the layouts \(list) fit \"\(path)\" equally; name the checkpoints one by one"
    }
}
