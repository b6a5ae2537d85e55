/// Stochastic gradient descent with momentum and a constant learning rate, as `torch.optim.SGD` defines it.
struct GradientDescent {
    /// The size of a step.
    let learningRate: Float
    /// The share of the previous step's velocity that is kept.
    let momentum: Float
    /// The running sum of gradients, one per parameter.
    private(set) var velocity: [Float]

    /// Starts at rest.
    init(learningRate: Float, momentum: Float, parameterCount: Int) {
        self.learningRate = learningRate
        self.momentum = momentum
        velocity = [Float](repeating: 0, count: parameterCount)
    }

    /// Moves `parameters` one step against `gradient`.
    mutating func move(_ parameters: inout [Float], against gradient: [Float]) {
        for index in parameters.indices {
            velocity[index] = momentum * velocity[index] + gradient[index]
            parameters[index] -= learningRate * velocity[index]
        }
    }
}
