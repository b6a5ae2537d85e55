package import SystemPackage

/// A directory entry whose name looks like a checkpoint's; nothing is promised about its content yet.
package struct CheckpointCandidate: Hashable, Sendable {
    /// Whether a checkpoint is a directory of files or one file.
    package enum Unit: String, Hashable, Sendable, Codable {
        case directory
        case file
    }

    /// The entry's name, which is also the name of the average that ends at it.
    package let name: String
    /// The step that the name tells.
    package let step: Step
    /// Directory or file.
    package let unit: Unit
    /// The entry's full path.
    package let path: FilePath

    /// Names a candidate.
    package init(name: String, step: Step, unit: Unit, path: FilePath) {
        self.name = name
        self.step = step
        self.unit = unit
        self.path = path
    }

    /// The same candidate found in another directory, as a pin is.
    package func relocated(to directory: FilePath) -> CheckpointCandidate {
        CheckpointCandidate(name: name, step: step, unit: unit, path: directory.appending(name))
    }

    /// The full path of one of the checkpoint's files.
    package func path(of file: CheckpointFile) -> FilePath {
        switch unit {
        case .directory: path.appending(file.relativePath)
        case .file: path
        }
    }
}
