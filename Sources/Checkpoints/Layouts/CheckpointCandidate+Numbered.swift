import LinuxSystem
import SystemPackage

extension CheckpointCandidate {
    /// The entries that match the first of several patterns that any entry matches; the last number is the step.
    ///
    /// Numbers of different patterns are never mixed, for they count different things.
    ///
    /// - Parameter siblings: names of files beside a file that tell whether it is whole.
    static func numbered(
        _ patterns: [NumberedName],
        _ unit: Unit,
        in directory: FilePath,
        entries: [DirectoryEntry],
        siblings: (String) -> [String] = { _ in [] }
    ) -> [CheckpointCandidate] {
        let named = entries.filter { $0.kind == unit.kind && !$0.isTemporary }
        for pattern in patterns {
            let found = named.compactMap { entry -> CheckpointCandidate? in
                guard let step = pattern.match(entry.name)?.numbers.last else { return nil }
                return CheckpointCandidate(
                    name: entry.name,
                    step: step,
                    unit: unit,
                    path: directory.appending(entry.name),
                    siblings: siblings(entry.name)
                )
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// A file that its trainer writes again and again, with the step inside; nil where no such file is there.
    static func inPlace(_ name: String, in directory: FilePath, entries: [DirectoryEntry]) -> CheckpointCandidate? {
        guard entries.contains(where: { $0.name == name && $0.kind == .regular }) else { return nil }
        return CheckpointCandidate(
            name: name,
            step: Step(0),
            unit: .file,
            path: directory.appending(name),
            stepIsInside: true
        )
    }
}

extension CheckpointCandidate.Unit {
    /// What a directory's listing calls it; links are aliases and never count.
    fileprivate var kind: FileKind {
        switch self {
        case .directory: .directory
        case .file: .regular
        }
    }
}
