import Checkpoints
import ControlProtocol
import LinuxSystem
import SystemPackage

/// What the directory of a run holds, by the rules that the daemon watches it with.
struct RunInspection: Encodable {
    /// A checkpoint of the run.
    struct Entry: Encodable {
        let name: String
        let step: Int
        let complete: Bool
        /// Why it is not complete.
        let reason: String?
        let tensors: Int?
        let bytes: Int?
    }

    let kind = "run"
    let path: String
    let layout: String
    /// Checkpoints, oldest first.
    let checkpoints: [Entry]

    /// Looks into a run's directory; nil where the path is none.
    init?(_ path: FilePath, model: [String]?) throws {
        let candidates: [CheckpointCandidate]
        let detection: TrainerLayouts.Detection
        do {
            candidates = try CheckpointOpener.candidates(in: path)
            guard !candidates.isEmpty else { return nil }
            detection = TrainerLayouts.detect(in: path, entries: try DirectoryListing.entries(of: path))
        } catch {
            throw Failure(opening: path, error)
        }
        guard case .layout(let layout) = detection else { return nil }
        let inspector = CheckpointInspector(layout: layout, model: model)
        self.path = path.string
        self.layout = layout.name
        checkpoints = candidates.map { Self.entry($0, inspector: inspector) }
    }

    private static func entry(_ candidate: CheckpointCandidate, inspector: CheckpointInspector) -> Entry {
        let result = Result { () throws(Incompleteness) in
            try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get()
        }
        switch result {
        case .success(let checkpoint):
            return Entry(
                name: candidate.name,
                step: candidate.step.value,
                complete: true,
                reason: nil,
                tensors: checkpoint.catalog.count,
                bytes: checkpoint.weightByteCount
            )
        case .failure(let reason):
            return Entry(
                name: candidate.name,
                step: candidate.step.value,
                complete: false,
                reason: "\(reason)",
                tensors: nil,
                bytes: nil
            )
        }
    }

    /// The inspection for people.
    func lines(columns: Int?) -> [String] {
        var table = Table([
            .figures("STEP"), .text("CHECKPOINT"), .text("STATE"), .figures("TENSORS"), .figures("SIZE"),
            .text("REASON"),
        ])
        for entry in checkpoints {
            table.add([
                "\(entry.step)", entry.name, entry.complete ? "complete" : "incomplete",
                entry.tensors.map(String.init) ?? "", entry.bytes.map(Readable.bytes) ?? "", entry.reason ?? "",
            ])
        }
        let facts = [
            ("run", path), ("layout", layout),
            ("holds", "\(Plural.checkpoints(checkpoints.count)), \(checkpoints.count(where: \.complete)) complete"),
        ]
        return facts.flatMap { TextWrapping.hanging($0.1, label: $0.0, indentation: 8, columns: columns) }
            + [""] + table.lines(width: columns)
    }
}
