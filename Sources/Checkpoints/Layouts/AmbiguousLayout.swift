import SystemPackage

/// Several layouts fit what lies in a directory equally well.
package struct AmbiguousLayout: Error, CustomStringConvertible {
    /// The directory.
    let path: FilePath
    /// The names of the layouts.
    let layouts: [String]

    /// Which directory and which layouts, and what to do.
    package var description: String {
        let names = layouts.map { "\"\($0)\"" }.joined(separator: " and ")
        return "the layouts \(names) fit \"\(path)\" equally; name the checkpoints one by one"
    }
}
