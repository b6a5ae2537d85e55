import ArgumentParser
import Averaging

/// Which of the checkpoints and which of their tensors are averaged.
struct WindowOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Average the K newest only.",
            discussion: "Without it: five of a run's directory, all of those named one by one.",
            valueName: "k"
        )
    )
    var last: Int?

    @Option(help: ArgumentHelp("Average only tensors whose name matches; may be repeated.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Copy tensors whose name matches from the newest; may be repeated.", valueName: "glob"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take the model from here in a file of torch.save that holds more; may be repeated for its parts.",
            discussion:
                "Keys joined by slashes, as in state/model; / is everything. `lawa inspect` shows what there is.",
            valueName: "keys"
        )
    )
    var model: [String] = []

    /// The places of the model's parts; nil where they are to be found out.
    var modelPaths: [String]? { model.isEmpty ? nil : model }

    @Option(help: ArgumentHelp("Running statistics of batch normalization: average them, or take the newest's."))
    var batchNorm = BatchNormStatistics.average

    @Option(
        help: ArgumentHelp(
            "A model of which more than a tenth is quantized: refuse it, or copy those tensors from the newest."
        )
    )
    var quantized = QuantizedTensors.refuse

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last \(last) is not possible; give 1 or more") }
    }

    /// The rules as the planner takes them.
    var rules: TensorRules {
        TensorRules(
            filter: TensorFilter(include: include, exclude: exclude),
            batchNorm: batchNorm,
            quantized: quantized
        )
    }

    /// Whether any was given.
    var isGiven: Bool {
        last != nil || !include.isEmpty || !exclude.isEmpty || !model.isEmpty || batchNorm != .average
            || quantized != .refuse
    }
}

extension BatchNormStatistics: ExpressibleByArgument {}

extension QuantizedTensors: ExpressibleByArgument {}
