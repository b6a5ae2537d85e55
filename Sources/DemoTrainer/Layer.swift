/// One layer's size, and where its parameters and units lie in the arrays of its network.
struct Layer: Equatable {
    /// Units that go in.
    let inputs: Int
    /// Units that come out.
    let outputs: Int
    /// Index of the first weight; row-major, one row of `inputs` weights per output.
    let weights: Int
    /// Index of the first unit that goes in.
    let inputUnits: Int
    /// Whether this is the output layer, which has no softsign.
    let isLast: Bool

    /// Index of the first bias.
    var biases: Int { weights + inputs * outputs }
    /// Index of the first unit that comes out.
    var outputUnits: Int { inputUnits + inputs }
    /// Weights and biases together.
    var parameterCount: Int { (inputs + 1) * outputs }

    /// Lays out the layers of a network of these widths, one after the other.
    static func stack(widths: [Int]) -> [Layer] {
        var parameters = 0
        var units = 0
        return zip(widths, widths.dropFirst()).enumerated().map { index, width in
            let layer = Layer(
                inputs: width.0,
                outputs: width.1,
                weights: parameters,
                inputUnits: units,
                isLast: index == widths.count - 2
            )
            parameters += layer.parameterCount
            units += layer.inputs
            return layer
        }
    }
}
