import ArgumentParser

/// The two models of the demo, with the settings that suit them.
enum ModelChoice: String, CaseIterable, ExpressibleByArgument {
    /// y = w x + b, one-dimensional.
    case linear
    /// One hidden layer of 32 units on 16 inputs.
    case mlp

    /// The student's widths.
    var widths: [Int] {
        switch self {
        case .linear: [1, 1]
        case .mlp: [16, 32, 1]
        }
    }

    /// What the student has to learn.
    var task: TeacherTask {
        TeacherTask(
            teacherWidths: self == .linear ? [1, 1] : [16, 16, 1],
            teacherSeed: 7,
            teacherGain: self == .linear ? 1 : 3,
            labelNoise: self == .linear ? 1 : 0.5,
            heldOutSeed: 11,
            heldOutCount: 2048
        )
    }

    /// High for the batch size, and constant: the raw model keeps bouncing around the optimum.
    var learningRate: Float { self == .linear ? 0.1 : 0.02 }
    /// The share of the velocity kept from step to step.
    var momentum: Float { self == .linear ? 0 : 0.9 }
    /// Examples in a mini-batch.
    var batchSize: Int { self == .linear ? 4 : 32 }
    /// Steps of a whole run.
    var steps: Int { self == .linear ? 240 : 5000 }
    /// Steps between checkpoints.
    var saveEvery: Int { self == .linear ? 20 : 250 }
}
