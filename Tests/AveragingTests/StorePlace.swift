import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A store beside a run of two checkpoints.
struct StorePlace {
    /// Where the run and the store are.
    let directory: FilePath
    /// The store.
    let store: AverageStore

    /// Prepares a store in an empty directory.
    init(_ directory: FilePath) throws {
        self.directory = directory
        store = AverageStore(root: directory.appending("run.lawa"))
        try store.prepare()
    }

    /// Stages and publishes the average of two members of one value each.
    @discardableResult
    func publish(_ name: String, value: Float = 2) throws -> PublishedAverage {
        try publish(window(name, value: value, run: "run"))
    }

    /// Two members whose mean is `value` in each of `elements`.
    func window(_ name: String, value: Float, run: String, elements: Int = 4) throws -> CheckpointWindow {
        let members = try zip(["checkpoint-0", name], [value - 0.5, value + 0.5]).map { name, value in
            let tensor = SyntheticTensor("w", Array(repeating: value, count: elements))
            let path = directory.appending(run).appending(name)
            try Publication.makeDirectories(path)
            try Fixture.write(Array("{}".utf8), to: path.appending("config.json"))
            return try SyntheticMember([tensor]).write(to: path)
        }
        return try #require(CheckpointWindow(members: members))
    }

    /// Stages and publishes the average of a window.
    @discardableResult
    func publish(_ window: CheckpointWindow) throws -> PublishedAverage {
        let staged = try StagedAverage.make(
            try window.plan(),
            in: store.staging.make(),
            outputName: window.newest.name,
            sequence: store.averages(of: "lawa").nextSequence,
            averager: Averager(limits: EngineLimits(threads: 1)),
            control: AveragingControl(),
            program: "test"
        )
        let average = try store.publish(staged, recipe: "lawa")
        try store.settle(average, recipe: "lawa")
        return average
    }

    /// Stages and publishes an average that is a single file.
    func publishFile(_ step: Int, value: Float) throws -> PublishedAverage {
        let members = try [0, step].map { step in
            let path = directory.appending("step_\(step).safetensors")
            try Fixture.write(SyntheticTensor.file([SyntheticTensor("w", [value, Float(step)])]), to: path)
            return try CheckpointOpener.open(path, position: 0)
        }
        let window = try #require(CheckpointWindow(members: members))
        let staged = try StagedAverage.make(
            try window.plan(),
            in: store.staging.make(),
            outputName: "step_\(step).safetensors",
            sequence: store.averages(of: "lawa").nextSequence,
            averager: Averager(limits: EngineLimits(threads: 1)),
            control: AveragingControl(),
            program: "test"
        )
        let average = try store.publish(staged, recipe: "lawa")
        try store.settle(average, recipe: "lawa")
        return average
    }

    /// Where the averages are published.
    var recipe: FilePath { store.directory(of: "lawa") }
    /// What `latest` points at.
    var latest: String? { try? SymbolicLink.target(of: recipe.appending("latest")).string }
    /// The names of what is published.
    func names() throws -> [String] { try store.averages(of: "lawa").map(\.manifest.name) }
}
