import LinuxSystem
package import SystemPackage

/// Opens checkpoints that a person names, wherever they lie and whoever wrote them.
///
/// A downloaded snapshot has no trainer state, so the marker that a watched checkpoint must have is not asked for; what
/// says outright that it is unfinished still counts.
package enum CheckpointOpener {
    /// The checkpoint at a path, a directory or a `.safetensors` file.
    ///
    /// - Parameter position: stands in for the step where the name tells none.
    /// - Throws: `Incompleteness`, or `SystemCallError` where the path cannot be looked at.
    package static func open(_ path: FilePath, position: Int) throws -> Checkpoint {
        let status = try FileStatus.of(path)
        let name = path.lastComponent?.string ?? path.string
        let candidate = CheckpointCandidate(
            name: name,
            step: step(of: name) ?? Step(position),
            unit: status.kind == .directory ? .directory : .file,
            path: path
        )
        let files = try CandidateFiles(of: candidate)
        return try CheckpointInspector(layout: NamedByHand()).inspect(candidate, files: files).get()
    }

    /// The checkpoints inside a run's directory, oldest first; empty where the directory is no run but a checkpoint.
    ///
    /// - Throws: `SystemCallError` where the path cannot be listed.
    package static func candidates(in path: FilePath) throws -> [CheckpointCandidate] {
        guard try FileStatus.of(path).kind == .directory else { return [] }
        let entries = try DirectoryListing.entries(of: path)
        // A directory with weights of its own is a checkpoint, even if a trainer also keeps steps inside it.
        guard case .layout(let layout) = TrainerLayouts.detect(in: path, entries: entries),
            layout is HuggingFaceLayout
                || !entries.contains(where: { $0.name == "config.json" || $0.name.hasPrefix("adapter_") })
        else { return [] }
        return layout.candidates(in: path, entries: entries).sorted { ($0.step, $0.name) < ($1.step, $1.name) }
    }

    /// The step that a name tells: that of a series file or the number at the end, as in `checkpoint-500`.
    package static func step(of name: String) -> Step? {
        if let series = SeriesName(parsing: name) { return series.step }
        let digits = name.reversed().prefix { ("0"..."9").contains($0) }
        return Step(digits: String(digits.reversed()))
    }
}

/// The rules for what a person names: weights must be whole, and nothing may say that they are not.
private struct NamedByHand: TrainerLayout {
    let name = "by-hand"
    let summary = "any directory or file with safetensors weights"

    func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] { [] }

    func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        switch candidate.unit {
        case .file:
            var selection = CheckpointSelection()
            selection.weights = files
            return selection
        case .directory:
            var selection = ModelDirectory.selection(from: files)
            selection.negativeMarkers = ["checkpoint-is-incomplete.txt"]
            return selection
        }
    }
}
