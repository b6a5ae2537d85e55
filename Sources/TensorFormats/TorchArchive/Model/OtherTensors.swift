import Text

/// Tensors of floats in a checkpoint that are not taken for the model, by the place that holds them.
package struct OtherTensors: Sendable, Hashable {
    /// What they are, as far as keys, names and sizes tell.
    package enum Kind: Sendable {
        /// An optimizer's state.
        case optimizer
        /// As large as the model, with tensors of its shapes: an average that the trainer keeps, a best model.
        case copy
        /// Set aside by a key that no model has: a scheduler, a loss, an average of other shapes.
        case setAside
        /// Within the model, where no state dict has tensors: in a list, or in an object that is no module.
        case unlisted
        /// Not the first choice.
        case other
    }

    /// The keys that lead to the place, in their text form.
    package let path: String
    /// What they are.
    package let kind: Kind
    /// How many tensors there are, those of integers included.
    package let count: Int
    /// The bytes of the tensors of floats.
    package let byteCount: Int

    /// Describes the tensors of one place.
    package init(path: String, kind: Kind, count: Int, byteCount: Int) {
        self.path = path
        self.kind = kind
        self.count = count
        self.byteCount = byteCount
    }
}

extension OtherTensors: CustomStringConvertible {
    /// The place, how much is there and what it is.
    package var description: String {
        "\(path.quoted) (\(count) tensor\(count == 1 ? "" : "s"), \(byteCount) bytes of floats: \(kind.words))"
    }
}

extension OtherTensors.Kind {
    /// The kind in words.
    package var words: String {
        switch self {
        case .optimizer: "an optimizer's state"
        case .copy: "tensors of the model's own shapes"
        case .setAside: "set aside as no model by name or keys"
        case .unlisted: "in a list or object, where no state dict has tensors"
        case .other: "not taken for the model"
        }
    }
}
