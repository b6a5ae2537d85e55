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
    /// The full path at which it is read.
    package let path: FilePath
    /// The full path at which its trainer saved it, which for a pin is another one.
    package let origin: FilePath

    /// Names a candidate; without `origin` it is read where it was saved.
    package init(name: String, step: Step, unit: Unit, path: FilePath, origin: FilePath? = nil) {
        self.name = name
        self.step = step
        self.unit = unit
        self.path = path
        self.origin = origin ?? path
    }

    /// The same candidate read from another directory, as a pin is.
    package func relocated(to directory: FilePath) -> CheckpointCandidate {
        CheckpointCandidate(name: name, step: step, unit: unit, path: directory.appending(name), origin: origin)
    }

    /// The same candidate as saved in another directory than it is read from.
    package func saved(in directory: FilePath) -> CheckpointCandidate {
        CheckpointCandidate(name: name, step: step, unit: unit, path: path, origin: directory.appending(name))
    }

    /// The full path of one of the checkpoint's files.
    package func path(of file: CheckpointFile) -> FilePath {
        switch unit {
        case .directory: path.appending(file.relativePath)
        case .file: path
        }
    }
}
