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
    /// What was said about the checkpoints and their tensors.
    let window: WindowOptions

    /// The plan for the members, and what a person should know beside it.
    func plan() throws -> (plan: AveragingPlan, notes: [String]) {
        let (paths, expected) = try orderedPaths()
        let opened = try open(paths)
        let members = Array(Self.ordered(opened).suffix(expected ?? opened.count))
        guard let chosen = CheckpointWindow(members: members) else {
            throw Failure(.usage, "no checkpoint was named; name some, or the directory of a run")
        }
        try requireOneKind(members)
        let recipe = Recipe(name: "manual", window: .last(members.count), minimumMembers: members.count)
        let plan = try AveragingPlanner(rules: window.rules).plan(chosen, recipe: recipe)
        return (plan, Self.notes(count: members.count, expected: expected))
    }

    private func open(_ paths: [FilePath]) throws -> [Checkpoint] {
        var opened: [Checkpoint] = []
        for (position, path) in paths.enumerated() {
            do {
                let checkpoint = try CheckpointOpener.open(path, position: position, model: window.modelPaths)
                let catalog = opened.last.map { checkpoint.catalog.sharing($0.catalog) } ?? checkpoint.catalog
                opened.append(checkpoint.holding(catalog))
            } catch {
                throw Failure(opening: path, error)
            }
        }
        return opened
    }

    /// By step where each name or content tells one, else as they are; equal steps stay in the order given.
    private static func ordered(_ members: [Checkpoint]) -> [Checkpoint] {
        let steps = members.compactMap(CheckpointOpener.toldStep)
        guard steps.count == members.count else { return members }
        return zip(steps, members.indices).sorted { $0 < $1 }.map { members[$0.1] }
    }

    /// Full paths, oldest first, and how many there should be.
    private func orderedPaths() throws -> (paths: [FilePath], expected: Int?) {
        let paths = paths.map(HostProcess.absolute)
        if paths.count == 1, let candidates = try Self.candidates(in: paths[0]), !candidates.isEmpty {
            let count = window.last ?? Self.defaultCount
            return (candidates.suffix(count).map(\.path), count)
        }
        try requireCheckpoints(paths)
        return (Self.wanted(of: paths, last: window.last), window.last)
    }

    /// The checkpoints of a run; nil where the path cannot be listed, which is told when it is opened.
    private static func candidates(in path: FilePath) throws(Failure) -> [CheckpointCandidate]? {
        do {
            return try CheckpointOpener.candidates(in: path)
        } catch let error as AmbiguousLayout {
            throw Failure(.usage, "\(error)")
        } catch {
            return nil
        }
    }

    /// The paths in the order of the steps that their names tell, and no more than are wanted; where a name tells none,
    /// all of them as they are, because only opening them can tell.
    static func wanted(of paths: [FilePath], last: Int?) -> [FilePath] {
        let steps = paths.compactMap { $0.lastComponent.flatMap { CheckpointOpener.step(of: $0.string) } }
        guard steps.count == paths.count else { return paths }
        return zip(steps, paths.indices).sorted { $0 < $1 }.map { paths[$0.1] }.suffix(last ?? paths.count)
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
