/// What the keys of checkpoints mean, as trainers choose them.
enum ModelNaming {
    /// The keys of models, the surest first.
    static let preferred = [
        "state_dict", "model_state_dict", "model", "module", "net", "network", "model_state", "params", "weights",
    ]

    /// The keys of state dicts, which are not those of layers.
    static let stateDicts: Set = ["state_dict", "model_state_dict", "model_state"]

    /// The key of the trained weights where Lightning's WeightAveraging callback puts its average under `state_dict`.
    static let lightningCurrent = "current_model_state"

    /// The longest key that can mean something, in bytes.
    static let wordByteCount = 128

    private static let wrappers = Set(preferred).union(["state", "app", "checkpoint", "ckpt"])
    private static let names: Set = [
        "scaler", "loss_scaler", "loops", "callbacks", "hyper_parameters", "args", "config", "metrics",
    ]
    private static let prefixes = ["optim", "sched", "lr_sched", "ema", "avg", "average", "swa", "rng", "criterion"]
    private static let suffixes = ["_ema", "_avg"]
    private static let parts = ["optimizer", "scheduler", "teacher", "random"]

    /// Whether a key's contents are never taken for the model by themselves: an optimizer's state, an average, …
    static func isSetAside(_ key: String) -> Bool {
        guard key.utf8.count <= wordByteCount else { return false }
        let key = key.lowercased()
        return names.contains(key) || prefixes.contains { key.hasPrefix($0) } || suffixes.contains { key.hasSuffix($0) }
            || parts.contains { contains(key, $0) }
    }

    /// Whether a tensor's name is one that layers give to parameters and statistics.
    static func isParameter(_ name: String) -> Bool {
        let last = name[(name.lastIndex(of: ".").map { name.index(after: $0) } ?? name.startIndex)...]
        return parameters.contains(String(last)) || parameterParts.contains { last.hasPrefix($0) || last.hasSuffix($0) }
    }

    private static let parameters: Set = [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked", "gamma", "beta", "original0",
        "original1",
    ]
    private static let parameterParts = ["weight_", "_weight", "bias_", "_bias", "lora_"]

    /// Whether a key names an optimizer.
    static func isOptimizer(_ key: String) -> Bool {
        key.utf8.count <= wordByteCount && contains(key.lowercased(), "optim")
    }

    /// The rank of a path among the usual ones, the smaller the surer; nil for one that is not usual.
    ///
    /// The last key is that of a model, those before it may be the place in a list or the name of a trainer's state.
    static func preference(of path: [String]) -> (depth: Int, position: Int)? {
        guard let last = path.last, let position = preferred.firstIndex(of: last),
            path.dropLast().allSatisfy({ wrappers.contains($0) || Int($0) != nil })
        else { return nil }
        return (path.count, position)
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
