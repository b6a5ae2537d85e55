import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// The members of an average that somebody asks for by hand.
struct MemberSelection {
    /// How many of a run's checkpoints are taken, as the daemon does.
    static let defaultCount = 5

    /// Checkpoints, or the directory of one run.
    let paths: [FilePath]
    /// How many of the newest to take, if that was said.
    let last: Int?

    /// The plan for the members, and what a person should know beside it.
    func plan(filter: TensorFilter) throws -> (plan: AveragingPlan, notes: [String]) {
        let (paths, expected) = try orderedPaths()
        let members = try paths.enumerated().map { position, path in
            do {
                return try CheckpointOpener.open(path, position: position)
            } catch {
                throw Failure(opening: path, error)
            }
        }
        guard let window = CheckpointWindow(members: members) else {
            throw Failure(.usage, "no checkpoint was named; name some, or the directory of a run")
        }
        try requireOneKind(members)
        let recipe = Recipe(name: "manual", window: .last(members.count), minimumMembers: members.count)
        let plan = try AveragingPlanner(filter: filter).plan(window, recipe: recipe)
        return (plan, Self.notes(count: members.count, expected: expected))
    }

    /// Full paths, oldest first, and how many there should be.
    private func orderedPaths() throws -> (paths: [FilePath], expected: Int?) {
        let paths = paths.map(HostProcess.absolute)
        if paths.count == 1, let candidates = try? CheckpointOpener.candidates(in: paths[0]), !candidates.isEmpty {
            let count = last ?? Self.defaultCount
            return (candidates.suffix(count).map(\.path), count)
        }
        try requireCheckpoints(paths)
        return (Self.ordered(paths).suffix(last ?? paths.count).map(\.self), last)
    }

    /// By step where every name tells one, else as they are; equal steps stay in the order given.
    static func ordered(_ paths: [FilePath]) -> [FilePath] {
        let steps = paths.compactMap { $0.lastComponent.flatMap { CheckpointOpener.step(of: $0.string) } }
        guard steps.count == paths.count else { return paths }
        return zip(steps, paths.indices).sorted { $0 < $1 }.map { paths[$0.1] }
    }

    /// A run's directory has weights below it, so it could be taken for one checkpoint among others.
    private func requireCheckpoints(_ paths: [FilePath]) throws(Failure) {
        for path in paths {
            // What cannot be listed is told of when it is opened.
            guard let count = try? CheckpointOpener.candidates(in: path).count, count > 0 else { continue }
            throw Failure(
                .usage,
                "\"\(path)\" is the directory of a run with \(Plural.checkpoints(count)); "
                    + "give it alone, or name its checkpoints"
            )
        }
    }

    private func requireOneKind(_ members: [Checkpoint]) throws(Failure) {
        guard let first = members.first, let other = members.first(where: { $0.candidate.unit != first.candidate.unit })
        else { return }
        let (file, directory) = first.candidate.unit == .file ? (first, other) : (other, first)
        throw Failure(
            .usage,
            "\"\(file.candidate.path)\" is a file and \"\(directory.candidate.path)\" is a directory; "
                + "give either files or directories"
        )
    }

    static func notes(count: Int, expected: Int?) -> [String] {
        if count == 1 { return ["note: there is only one checkpoint, so its average is a copy of it"] }
        guard let expected, count < expected else { return [] }
        return ["note: there are only \(count) checkpoints of the \(expected) that were asked for"]
    }
}
