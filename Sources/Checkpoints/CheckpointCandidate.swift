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
    /// The step that the name tells; 0 where only the content does.
    package let step: Step
    /// Directory or file.
    package let unit: Unit
    /// The full path at which it is read.
    package let path: FilePath
    /// The full path at which its trainer saved it, which for a pin is another one.
    package let origin: FilePath
    /// For a file, names of files beside it that tell whether it is whole; they may or may not be there.
    package let siblings: [String]
    /// Whether the trainer writes this very file again with every save, so that the step is told by what is in it.
    ///
    /// Each version has to be copied before the next one comes.
    package let stepIsInside: Bool

    /// Names a candidate; without `origin` it is read where it was saved.
    package init(
        name: String,
        step: Step,
        unit: Unit,
        path: FilePath,
        origin: FilePath? = nil,
        siblings: [String] = [],
        stepIsInside: Bool = false
    ) {
        self.name = name
        self.step = step
        self.unit = unit
        self.path = path
        self.origin = origin ?? path
        self.siblings = siblings
        self.stepIsInside = stepIsInside
    }

    /// Whether it is read from elsewhere than where it was saved; what is pinned was whole when it was.
    package var isPin: Bool { origin != path }

    /// Whether the trainer writes the file again that this version is in.
    package var isWrittenInPlace: Bool { !isPin && path.lastComponent?.string != name }

    /// Whether it is one version of a file that its trainer writes in place, read there or from a pin of it.
    package var isVersion: Bool { origin.lastComponent?.string != name }

    /// The same candidate read from another directory, as a pin is.
    package func relocated(to directory: FilePath) -> CheckpointCandidate {
        with(path: directory.appending(name), origin: origin)
    }

    /// The same candidate as saved in another directory than it is read from.
    package func saved(in directory: FilePath) -> CheckpointCandidate {
        with(path: path, origin: directory.appending(name))
    }

    /// The same candidate as saved under another path than it is read from.
    package func saved(at path: FilePath) -> CheckpointCandidate {
        with(path: self.path, origin: path)
    }

    /// The version of a file written in place that has this step: `ckpt.pt` becomes `ckpt-2000.pt`, read where it was.
    package func identified(by step: Step) -> CheckpointCandidate {
        // `.pth.tar` is one suffix.
        let suffixes = [".pth.tar", ".pt.tar", name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""]
        let suffix = suffixes.first(where: name.hasSuffix) ?? ""
        return CheckpointCandidate(
            name: "\(name.dropLast(suffix.count))-\(step)\(suffix)",
            step: step,
            unit: unit,
            path: path,
            origin: origin,
            siblings: siblings
        )
    }

    /// The same candidate with the step that its content tells.
    func counted(as step: Step) -> CheckpointCandidate {
        CheckpointCandidate(name: name, step: step, unit: unit, path: path, origin: origin, siblings: siblings)
    }

    private func with(path: FilePath, origin: FilePath) -> CheckpointCandidate {
        CheckpointCandidate(
            name: name,
            step: step,
            unit: unit,
            path: path,
            origin: origin,
            siblings: siblings,
            stepIsInside: stepIsInside
        )
    }

    /// The full path of one of the checkpoint's files.
    package func path(of file: CheckpointFile) -> FilePath {
        switch unit {
        case .directory: path.appending(file.relativePath)
        case .file where siblings.contains(file.relativePath): sibling(file.relativePath)
        case .file: path
        }
    }

    /// The full path of a file beside the candidate.
    func sibling(_ name: String) -> FilePath {
        path.removingLastComponent().appending(name)
    }
}
