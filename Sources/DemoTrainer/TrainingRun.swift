/// A model in training: everything that changes from step to step, and nothing of files.
struct TrainingRun {
    /// The model being trained.
    private(set) var student: Network
    /// The optimizer and its velocity.
    private(set) var optimizer: GradientDescent
    /// Where the initial weights and the batches come from.
    private(set) var generator: SplitMix64
    /// Optimizer steps taken.
    private(set) var step = 0

    private let task: TeacherTask
    private let teacher: Network
    private let batchSize: Int

    /// Starts a run of `model` from random weights; nil when its widths make no network.
    init?(model: ModelChoice, learningRate: Float, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let parameters = Network.randomParameters(widths: model.widths, using: &generator)
        guard let teacher = model.task.teacher, let student = Network(widths: model.widths, parameters: parameters)
        else { return nil }
        self.student = student
        self.generator = generator
        self.teacher = teacher
        task = model.task
        batchSize = model.batchSize
        optimizer = GradientDescent(
            learningRate: learningRate,
            momentum: model.momentum,
            parameterCount: parameters.count
        )
    }

    /// Takes `steps` optimizer steps and returns the mean of their training losses.
    mutating func advance(by steps: Int) -> Double {
        var sum = 0.0
        for _ in 0..<steps {
            let batch = task.batch(count: batchSize, teacher: teacher, using: &generator)
            let (loss, gradient) = student.lossAndGradient(on: batch)
            optimizer.move(&student.parameters, against: gradient)
            sum += loss
        }
        step += steps
        return sum / Double(max(1, steps))
    }
}
