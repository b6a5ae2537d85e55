extension Network {
    /// The mean over examples and outputs of the squared error.
    func loss(on examples: Examples) -> Double {
        var units = [Float](repeating: 0, count: unitCount)
        var sum = 0.0
        for row in 0..<examples.count {
            load(examples, row: row, into: &units)
            sum += squaredError(of: units, examples, row: row)
        }
        return sum / Double(examples.targets.count)
    }

    /// The loss on `examples` and its derivative by every parameter, by back-propagation.
    func lossAndGradient(on examples: Examples) -> (loss: Double, gradient: [Float]) {
        var units = [Float](repeating: 0, count: unitCount)
        var errors = units
        var gradient = [Float](repeating: 0, count: parameters.count)
        var sum = 0.0
        for row in 0..<examples.count {
            load(examples, row: row, into: &units)
            sum += squaredError(of: units, examples, row: row)
            setOutputErrors(&errors, units, examples, row: row)
            for layer in layers.reversed() {
                propagateBack(through: layer, units: units, errors: &errors, gradient: &gradient)
            }
        }
        return (sum / Double(examples.targets.count), gradient)
    }

    private var outputs: Int { widths[widths.count - 1] }

    private func load(_ examples: Examples, row: Int, into units: inout [Float]) {
        for input in 0..<widths[0] {
            units[input] = examples.inputs[row * widths[0] + input]
        }
        propagate(&units)
    }

    private func squaredError(of units: [Float], _ examples: Examples, row: Int) -> Double {
        var sum = 0.0
        for output in 0..<outputs {
            let error = Double(units[unitCount - outputs + output] - examples.targets[row * outputs + output])
            sum += error * error
        }
        return sum
    }

    private func setOutputErrors(_ errors: inout [Float], _ units: [Float], _ examples: Examples, row: Int) {
        let first = unitCount - outputs
        for output in 0..<outputs {
            let error = units[first + output] - examples.targets[row * outputs + output]
            errors[first + output] = 2 * error / Float(examples.targets.count)
        }
    }

    private func propagateBack(
        through layer: Layer,
        units: [Float],
        errors: inout [Float],
        gradient: inout [Float]
    ) {
        for input in 0..<layer.inputs {
            errors[layer.inputUnits + input] = 0
        }
        for output in 0..<layer.outputs {
            let error = errors[layer.outputUnits + output]
            let row = layer.weights + output * layer.inputs
            gradient[layer.biases + output] += error
            for input in 0..<layer.inputs {
                gradient[row + input] += error * units[layer.inputUnits + input]
                errors[layer.inputUnits + input] += error * parameters[row + input]
            }
        }
        for unit in layer.inputUnits..<layer.outputUnits {
            // The derivative of softsign, written with its value; the input's own errors are not used.
            let slope = 1 - abs(units[unit])
            errors[unit] *= slope * slope
        }
    }
}
