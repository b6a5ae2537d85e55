/// A checkpoint's trainer_state.json, the file that a Hugging Face trainer writes last.
struct TrainerState: Codable, Equatable {
    /// One line of the trainer's log.
    struct Entry: Codable, Equatable {
        /// The optimizer step.
        let step: Int
        /// The mean training loss since the previous entry; noisy labels included.
        let loss: Double
        /// The learning rate at that step.
        let learningRate: Float
    }

    /// The optimizer step of the checkpoint.
    let globalStep: Int
    /// The steps of the whole run.
    let maxSteps: Int
    /// The steps between checkpoints.
    let saveSteps: Int
    /// Everything logged so far.
    let logHistory: [Entry]
}
