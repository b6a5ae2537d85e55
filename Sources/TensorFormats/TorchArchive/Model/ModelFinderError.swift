import Text

/// Why no model is taken from a checkpoint; the caller adds the file.
package enum ModelFinderError: Error, Equatable, Sendable {
    /// There are no tensors of floats in any dict or module.
    case noTensors
    /// All that there is has names of something else than the model.
    case onlySetAside(ModelPlaceList)
    /// Two places are about as large.
    case ambiguous(first: [String], firstByteCount: Int, second: [String], secondByteCount: Int)
    /// The place that was asked for is not there.
    case noSuchPath([String], available: ModelPlaceList)
    /// The place that was asked for holds no tensors.
    case noTensorsAt([String], available: ModelPlaceList)
    /// Two tensors have one name, as keys are joined with dots.
    case duplicateName(String, path: [String])
    /// The dicts are shared in a way that makes them endless.
    case tooManyNames(path: [String])
    /// The search takes more memory than it may.
    case memory(MemoryShortage)
    /// The tensors together are larger than anything that is averaged, as tensors that share their elements can be.
    case tooLarge(path: [String], limit: Int)
}

extension ModelFinderError: CustomStringConvertible {
    /// What is missing or in doubt, and how to say which place is meant.
    package var description: String {
        switch self {
        case .noTensors:
            "the checkpoint holds no tensors of floats in a dict or module: save it with model.state_dict()"
        case .onlySetAside(let places):
            "the only tensors are those of \(places), which are not taken for the model by themselves: "
                + Self.remedy
        case .ambiguous(let first, let firstByteCount, let second, let secondByteCount):
            "either of \(ModelPath.text(first).quoted) (\(firstByteCount) bytes) and "
                + "\(ModelPath.text(second).quoted) (\(secondByteCount) bytes) can be the model: \(Self.remedy)"
        case .noSuchPath(let path, let available):
            "the checkpoint has nothing at \(ModelPath.text(path).quoted), there are \(available)"
        case .noTensorsAt(let path, let available):
            "the checkpoint has no tensors at \(ModelPath.text(path).quoted), there are some at \(available)"
        case .duplicateName(let name, let path):
            "two tensors at \(ModelPath.text(path).quoted) are named \(name.quoted): save it with model.state_dict()"
        case .tooManyNames(let path):
            "the dicts at \(ModelPath.text(path).quoted) hold each other too often to be a model: "
                + "save it with model.state_dict()"
        case .memory(let shortage):
            "\(shortage)"
        case .tooLarge(let path, let limit):
            "the tensors at \(ModelPath.text(path).quoted) have more than \(limit) bytes when each has its own: "
                + "save them without expand()"
        }
    }

    private static let remedy = "name one, as tensors.model in the configuration or with --model"
}
