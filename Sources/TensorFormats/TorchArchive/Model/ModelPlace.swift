/// A place in a checkpoint that holds tensors of floats.
struct ModelPlace {
    /// What makes a place one that can be the model.
    enum Kind {
        /// A whole module, or a dict of which at least half of the values are tensors.
        case weights
        /// A dict with a model's name whose tensors are in dicts within it.
        case nested
        /// A dict with some tensors among other values.
        case mixed
        /// What the names or keys say is something else, with all that is below it.
        case setAside
    }

    /// What makes it one.
    let kind: Kind
    /// The step of the walk that came to it, which knows the path.
    let step: Int
    /// What is there.
    let value: PickleValue
    /// What tensors there are.
    var tally: TensorTally
    /// Whether most of its tensors have names that layers give to their parameters and statistics.
    var hasParameterNames = false

    /// Whether it is a network by its form: a module, or a dict of tensors.
    var isNetwork: Bool { kind == .weights || kind == .nested }
}
