package import TensorFormats

/// What a weight file says about itself, apart from its tensors.
package struct WeightFileDescription: Sendable {
    /// How a model was found among other things in a file.
    package struct Model: Sendable, Equatable {
        /// The keys that lead to it, joined by slashes, with commas between the parts of one; `/` is everything.
        package let path: String
        /// Why this one was chosen.
        package let reason: String
        /// The tensors of floats that were not chosen.
        package let others: [OtherTensors]

        init(path: String, reason: String, others: [OtherTensors]) {
            self.path = path
            self.reason = reason
            self.others = others
        }
    }

    /// The format.
    package let format: WeightFormat
    /// Checksums that the file carries of its own bytes, in ascending order.
    package let seals: [ByteSeal]
    /// What a copy of the file with other numbers must say differently.
    package let amendments: [ByteAmendment]
    /// Where the model is, in formats that can hold more than a model.
    package let model: Model?
    /// The training step that the content tells, if any.
    package let step: Step?
    /// What the file's metadata says that decides what the numbers mean, see `ModelSettings`.
    let settings: [String: String]

    init(
        format: WeightFormat,
        seals: [ByteSeal] = [],
        amendments: [ByteAmendment] = [],
        model: Model? = nil,
        step: Step? = nil,
        settings: [String: String] = [:]
    ) {
        self.format = format
        self.seals = seals
        self.amendments = amendments
        self.model = model
        self.step = step
        self.settings = settings
    }

    /// The same description with equal seals in the memory of another one, or with more settings.
    func with(seals: [ByteSeal]? = nil, settings more: [String: String] = [:]) -> WeightFileDescription {
        WeightFileDescription(
            format: format,
            seals: seals ?? self.seals,
            amendments: amendments,
            model: model,
            step: step,
            settings: settings.merging(more) { $1 }
        )
    }
}
