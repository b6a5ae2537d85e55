/// Lists the tensors of a dict or module under the names that a state dict would have for them.
///
/// The names of nested dicts are joined with dots; a module that was pickled whole gives the names of its
/// `state_dict()`: parameters, then buffers that are persistent, then modules.
struct StateDictNames {
    /// One dict or module on the way down.
    private struct Level {
        let value: PickleValue
        let prefix: String
        let children: [(key: PickleValue, value: PickleValue)]
        /// Whether tensors here are parts of a tensor subclass.
        let isPart: Bool
        var next = 0
    }

    private static let depth = 64
    private static let maximumBudget = 1 << 28
    /// The bytes of memory for each byte that is counted: a name is kept as it is and in the sets of names.
    private static let nameShare = 2
    /// What a child takes in the list of its level.
    private static let childByteCount = 2 * MemoryLayout<PickleValue>.stride
    /// What a tensor takes in the list of all while that grows.
    private static let tensorByteCount = 3 * MemoryLayout<ModelChoice.Tensor>.stride
    private let graph: PickleGraph
    /// How many bytes of names, and values looked at, there may still be.
    private var budget: Int
    /// How many bytes of memory were counted; what is given back in between counts on.
    private var heldByteCount = 0

    /// Counts what is looked at over all calls, in proportion to the size of the pickle.
    init(graph: PickleGraph) {
        self.graph = graph
        self.budget = min(64 * (graph.bytes.count + 1024), Self.maximumBudget)
    }

    /// The tensors of a value in order.
    ///
    /// - Parameters:
    ///   - value: A dict, a module, or where somebody asked for it another object or a list of tensors.
    ///   - path: Where the value is.
    ///   - isDemanded: Whether somebody asked for it; otherwise the checkpoint itself, the empty path, gives no
    ///     tensors that are within what is set aside by its key.
    mutating func tensors(
        of value: PickleValue,
        path: [String],
        isDemanded: Bool
    ) throws(ModelFinderError) -> [ModelChoice.Tensor] {
        var tensors: [ModelChoice.Tensor] = []
        var byteCount = 0
        let (graph, held) = (graph, heldByteCount)
        try forEachTensor(of: value, path: path, isDemanded: isDemanded) { (tensor) throws(ModelFinderError) in
            byteCount += Self.tensorByteCount + Self.nameShare * tensor.name.utf8.count
            do throws(MemoryShortage) { try graph.memory.require(held + byteCount) } catch { throw .memory(error) }
            tensors.append(tensor)
        }
        return tensors
    }

    /// Visits the tensors of a value in order, without a list of them; see `tensors`.
    mutating func forEachTensor(
        of value: PickleValue,
        path: [String],
        isDemanded: Bool,
        _ body: (ModelChoice.Tensor) throws(ModelFinderError) -> Void
    ) throws(ModelFinderError) {
        // A module's children are layers, whatever they are called.
        let skipsSetAside = path.isEmpty && !isDemanded && !graph.isModule(value)
        var levels = [try level(value, prefix: "", isPart: false, path)]
        while let level = levels.last {
            guard level.next < level.children.count else {
                levels.removeLast()
                continue
            }
            let child = level.children[level.next]
            levels[levels.count - 1].next += 1
            let name = try name(level.prefix, child.key, path)
            if case .tensor(let index) = child.value {
                try body(ModelChoice.Tensor(name: name, index: index, isPart: level.isPart))
            } else if levels.count < Self.depth, !levels.contains(where: { $0.value == child.value }),
                !(skipsSetAside && levels.count == 1 && graph.isSetAside(child.value, key: child.key))
            {
                levels.append(try self.level(child.value, prefix: name + ".", isPart: level.isPart, path))
            }
        }
    }

    private mutating func name(
        _ prefix: String,
        _ key: PickleValue,
        _ path: [String]
    ) throws(ModelFinderError) -> String {
        try spend(prefix.utf8.count + graph.keyByteCount(key), path)
        return prefix + graph.keyText(key)
    }

    private mutating func spend(_ count: Int, _ path: [String]) throws(ModelFinderError) {
        budget -= count + 1
        guard budget >= 0 else { throw .tooManyNames(path: path) }
    }

    private mutating func hold(_ byteCount: Int) throws(ModelFinderError) {
        heldByteCount += byteCount
        do throws(MemoryShortage) { try graph.memory.require(heldByteCount) } catch { throw .memory(error) }
    }

    private mutating func level(
        _ value: PickleValue,
        prefix: String,
        isPart: Bool,
        _ path: [String]
    ) throws(ModelFinderError) -> Level {
        try spend(graph.childCount(of: value), path)
        if graph.isModule(value) {
            let children = try moduleChildren(value, path)
            return Level(value: value, prefix: prefix, children: children, isPart: isPart)
        }
        let isLevel = { [graph] (child: PickleValue) in
            child.isTensor || child.isDict || graph.isModule(child) || graph.isWrapper(child)
        }
        try hold(Self.childByteCount * graph.childCount(of: value, where: isLevel))
        let children = graph.children(of: value, where: isLevel)
        return Level(value: value, prefix: prefix, children: children, isPart: isPart || graph.isWrapper(value))
    }

    private mutating func moduleChildren(
        _ module: PickleValue,
        _ path: [String]
    ) throws(ModelFinderError) -> [(key: PickleValue, value: PickleValue)] {
        guard let state = graph.attributes(of: module) else { return [] }
        let parameters = graph.value(of: "_parameters", in: state) ?? .none
        let buffers = graph.value(of: "_buffers", in: state) ?? .none
        let modules = graph.value(of: "_modules", in: state) ?? .none
        let count = [parameters, buffers, modules].reduce(0) { $0 + graph.childCount(of: $1) }
        try spend(count, path)
        // Their lists, and that of all three.
        try hold(2 * Self.childByteCount * count)
        let transient = try transientBuffers(state, path)
        let isTensor = { (value: PickleValue) in value.isTensor || graph.isWrapper(value) }
        return graph.children(of: parameters, where: isTensor)
            + graph.children(of: buffers, where: isTensor).filter { !transient.contains(graph.keyText($0.key)) }
            + graph.children(of: modules, where: graph.isModule)
    }

    private mutating func transientBuffers(
        _ state: PickleValue,
        _ path: [String]
    ) throws(ModelFinderError) -> Set<String> {
        guard case .set(let names)? = graph.value(of: "_non_persistent_buffers_set", in: state) else { return [] }
        var texts: Set<String> = []
        for value in graph.arena.values(of: names) { texts.insert(try name("", value, path)) }
        return texts
    }
}
