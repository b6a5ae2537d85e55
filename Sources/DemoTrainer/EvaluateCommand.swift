import ArgumentParser
import LinuxSystem
import SystemPackage

/// `DemoTrainer evaluate`: computes what the averages were worth from the files alone.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compare the held-out loss of every checkpoint with that of its average."
    )

    @Option(name: .customLong("run"), help: "The trainer's output directory.")
    var runDirectory: String

    @Option(name: .customLong("averages"), help: "The directory of one recipe's averages.")
    var averagesDirectory: String

    func run() throws {
        let run = FilePath(runDirectory)
        let averages = FilePath(averagesDirectory)
        let steps = try Self.steps(in: run)
        let averaged = Set(try Self.steps(in: averages))
        let rows = try steps.map { step in
            LossComparison.Row(
                step: step,
                raw: try Self.loss(in: run, step: step),
                average: averaged.contains(step) ? try Self.loss(in: averages, step: step) : nil
            )
        }
        guard let comparison = LossComparison(rows: rows) else {
            throw DemoError("no checkpoint-<step> in \"\(run)\"; train first: DemoTrainer train --output \(run)")
        }
        print("Held-out loss: mean squared error on unseen inputs, targets without noise.")
        print(comparison.text)
    }

    private static func loss(in directory: FilePath, step: Int) throws -> Double {
        try StoredModel(directory: directory.appending("checkpoint-\(step)")).heldOutLoss()
    }

    private static func steps(in directory: FilePath) throws -> [Int] {
        let prefix = "checkpoint-"
        return try DirectoryListing.entries(of: directory).compactMap { entry in
            entry.name.hasPrefix(prefix) ? Int(entry.name.dropFirst(prefix.count)) : nil
        }
    }
}
