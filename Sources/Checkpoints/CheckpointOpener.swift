import LinuxSystem
package import SystemPackage

/// Opens checkpoints that a person names, wherever they lie and whoever wrote them.
///
/// A downloaded snapshot has no trainer state, so the marker that a watched checkpoint must have is not asked for; what
/// says outright that it is unfinished still counts.
package enum CheckpointOpener {
    /// The checkpoint at a path, a directory or a file with weights.
    ///
    /// - Parameters:
    ///   - position: stands in for the step where neither name nor content tells one.
    ///   - model: see `CheckpointInspector`.
    /// - Throws: `Incompleteness`, or `SystemCallError` where the path cannot be looked at.
    package static func open(_ path: FilePath, position: Int, model: [String]? = nil) throws -> Checkpoint {
        let unit: CheckpointCandidate.Unit = try FileStatus.of(path).kind == .directory ? .directory : .file
        let name = path.lastComponent?.string ?? path.string
        let negativeMarkers = negativeMarkers(of: name, unit: unit)
        let candidate = CheckpointCandidate(
            name: name,
            step: step(of: name) ?? Step(position),
            unit: unit,
            path: path,
            siblings: unit == .file ? negativeMarkers : []
        )
        let inspector = CheckpointInspector(
            layout: NamedByHand(negativeMarkers: negativeMarkers),
            model: model,
            takesAverages: true
        )
        let checkpoint = try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get()
        guard step(of: name) == nil, let step = checkpoint.catalog.step else { return checkpoint }
        return checkpoint.counted(as: step)
    }

    /// The step that a checkpoint's name tells, or else its content.
    package static func toldStep(of checkpoint: Checkpoint) -> Step? {
        step(of: checkpoint.name) ?? checkpoint.catalog.step
    }

    /// The checkpoints inside a run's directory, oldest first; empty where the directory is no run but a checkpoint.
    ///
    /// A single file that is overwritten with every save is one checkpoint, too.
    ///
    /// - Throws: `SystemCallError` where the path cannot be listed, `AmbiguousLayout` where it could be several runs.
    package static func candidates(in path: FilePath) throws -> [CheckpointCandidate] {
        guard try FileStatus.of(path).kind == .directory else { return [] }
        let entries = try DirectoryListing.entries(of: path)
        let isCheckpoint = entries.contains { entry in checkpointSigns.contains(where: entry.name.hasPrefix) }
        switch TrainerLayouts.detect(in: path, entries: entries) {
        case .nothingYet: return []
        case .ambiguous(let layouts):
            if isCheckpoint { return [] }
            throw AmbiguousLayout(path: path, names: layouts, areSeries: false)
        case .severalSeries(let patterns):
            if isCheckpoint { return [] }
            throw AmbiguousLayout(path: path, names: patterns, areSeries: true)
        case .layout(let layout):
            // A directory with weights of its own is a checkpoint, even if a trainer also numbers files in it.
            return layout.candidates(in: path, entries: entries)
                .filter { $0.unit == .directory || !isCheckpoint && !$0.stepIsInside }
                .sorted { ($0.step, $0.name) < ($1.step, $1.name) }
        }
    }

    /// The step that a name tells: by the rules of the layouts, or else the number at the end, as in `model-v2`.
    ///
    /// Nil where there is none, and for the name of a file that is overwritten with every save.
    package static func step(of name: String) -> Step? {
        for kind in [FileKind.directory, .regular] {
            guard let candidate = reading(of: name, kind: kind)?.candidate else { continue }
            return candidate.stepIsInside ? nil : candidate.step
        }
        let digits = name.reversed().prefix { ("0"..."9").contains($0) }
        return Step(digits: String(digits.reversed()))
    }

    /// Names of files, in the directory or beside the file, that would say that it is not whole.
    private static func negativeMarkers(of name: String, unit: CheckpointCandidate.Unit) -> [String] {
        switch unit {
        case .directory: return ["checkpoint-is-incomplete.txt"]
        case .file:
            guard let (layout, candidate) = reading(of: name, kind: .regular) else { return [] }
            return layout.selection(from: [name], of: candidate).negativeMarkers
        }
    }

    /// The first layout to which a name by itself belongs, and what it makes of it.
    private static func reading(
        of name: String,
        kind: FileKind
    ) -> (layout: any TrainerLayout, candidate: CheckpointCandidate)? {
        let entry = DirectoryEntry(name: name, kind: kind)
        for layout in TrainerLayouts.all {
            if let candidate = layout.candidates(in: "", entries: [entry]).first { return (layout, candidate) }
        }
        return nil
    }

    /// How files are named that only a checkpoint has and no run.
    private static let checkpointSigns = [
        "config.json", "adapter_", "trainer_state.json", "random_states_", "model.safetensors.index.json",
        "pytorch_model.bin.index.json",
    ]
}

/// The rules for what a person names: weights must be whole, and nothing may say that they are not.
private struct NamedByHand: TrainerLayout {
    let name = "by-hand"
    let summary = "any directory or file with weights"
    let negativeMarkers: [String]

    func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] { [] }

    func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection =
            switch candidate.unit {
            case .file: CheckpointSelection(file: candidate)
            case .directory: ModelDirectory.selection(from: files)
            }
        selection.negativeMarkers = negativeMarkers
        return selection
    }
}
