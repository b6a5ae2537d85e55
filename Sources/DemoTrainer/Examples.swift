/// Inputs and the outputs wanted for them, row-major.
struct Examples: Equatable {
    /// The number of rows.
    let count: Int
    /// `count` rows of the network's inputs.
    let inputs: [Float]
    /// `count` rows of the network's outputs.
    let targets: [Float]
}
