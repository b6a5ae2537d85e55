import Averaging
import Checkpoints
import FoundationEssentials
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import DaemonCore

/// A run directory with synthetic checkpoints, and its output root.
final class RunDirectory {
    private let temporary: TemporaryDirectory
    let watch: FilePath
    let store: AverageStore

    init() throws {
        temporary = try TemporaryDirectory()
        watch = temporary.path.appending("run")
        store = AverageStore(root: temporary.path.appending("run.lawa"))
        try Publication.makeDirectories(watch)
        try store.prepare()
    }

    /// Writes finished checkpoints whose values are their steps.
    func save(_ steps: Int...) throws {
        for step in steps { try SyntheticCheckpoint(values: [Float(step), 1]).write(step: step, in: watch) }
    }

    /// Deletes a checkpoint as a trainer's rotation does.
    func delete(_ step: Int) throws {
        try Publication.removeTree(watch.appending("checkpoint-\(step)"))
    }

    /// A configuration without waiting.
    func configuration(k: Int = 3) -> Configuration {
        var configuration = Configuration(watch: watch)
        configuration.recipes = [Recipe(name: "lawa", window: .last(k))]
        configuration.settle = .zero
        configuration.limits.minFree = 0
        return configuration
    }

    /// The whole checkpoints of the directory, oldest first.
    func checkpoints() throws -> [Checkpoint] {
        let layout = HuggingFaceLayout()
        return try layout.candidates(in: watch, entries: DirectoryListing.entries(of: watch))
            .sorted { $0.step < $1.step }
            .map { try CheckpointInspector(layout: layout).inspect($0, files: CandidateFiles(of: $0)).get() }
    }
}

extension PublishedAverage {
    /// An average that ends at a checkpoint, as far as its manifest tells.
    static func of(_ members: [Checkpoint], recipe: Recipe) throws -> PublishedAverage {
        let window = try #require(CheckpointWindow(members: members))
        let plan = try AveragingPlanner().plan(window, recipe: recipe)
        let scratch = try TemporaryDirectory()
        let outcome = try Averager(limits: EngineLimits(threads: 1)).run(
            plan,
            into: scratch.path,
            control: AveragingControl()
        )
        let manifest = AverageManifest(
            plan: plan,
            outcome: outcome,
            duration: .seconds(1),
            created: .now,
            program: "test"
        )
        return PublishedAverage(path: "/nowhere", manifest: manifest)
    }
}
