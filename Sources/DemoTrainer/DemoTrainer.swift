import ArgumentParser

/// The demo's own trainer: it saves checkpoints as a real one does, and shows what their average was worth.
@main
struct DemoTrainer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DemoTrainer",
        abstract: "Train a small model that saves Hugging Face style checkpoints, and evaluate their averages.",
        subcommands: [TrainCommand.self, EvaluateCommand.self]
    )
}
