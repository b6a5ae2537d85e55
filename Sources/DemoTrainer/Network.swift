/// A fully connected network with softsign between its layers and a linear output; two widths make a linear model.
///
/// Softsign, x / (1 + |x|), needs only arithmetic, so a run gives the same bits on every machine and at every
/// optimisation level.
struct Network: Equatable {
    /// The number of inputs, of units in each hidden layer, and of outputs.
    let widths: [Int]
    /// All weights and biases in one array, laid out as `layers` says.
    var parameters: [Float]
    /// The layers from input to output.
    let layers: [Layer]

    /// Makes the network whose parameters are `parameters`, or nil when their number does not fit `widths`.
    init?(widths: [Int], parameters: [Float]) {
        guard widths.count >= 2, widths.allSatisfy({ $0 > 0 }) else { return nil }
        self.widths = widths
        self.parameters = parameters
        layers = Layer.stack(widths: widths)
        guard parameters.count == layers.reduce(0, { $0 + $1.parameterCount }) else { return nil }
    }

    /// Fresh parameters: normal numbers with a deviation of `gain` / √inputs, a tenth of it for biases.
    static func randomParameters(
        widths: [Int],
        gain: Float = 1,
        using generator: inout SplitMix64
    ) -> [Float] {
        Layer.stack(widths: widths).flatMap { layer in
            let scale = gain / Float(layer.inputs).squareRoot()
            let weights = (0..<layer.inputs * layer.outputs).map { _ in scale * generator.nextNormal() }
            return weights + (0..<layer.outputs).map { _ in 0.1 * scale * generator.nextNormal() }
        }
    }

    /// Computes every unit's value; the first `widths[0]` elements of `units` hold the input, the last the output.
    func propagate(_ units: inout [Float]) {
        for layer in layers {
            for output in 0..<layer.outputs {
                let row = layer.weights + output * layer.inputs
                var sum = parameters[layer.biases + output]
                for input in 0..<layer.inputs {
                    sum += parameters[row + input] * units[layer.inputUnits + input]
                }
                units[layer.outputUnits + output] = layer.isLast ? sum : sum / (1 + abs(sum))
            }
        }
    }

    /// The number of elements `propagate` works on.
    var unitCount: Int { widths.reduce(0, +) }
}
