/// Finds all places of a checkpoint that hold tensors of floats, nearest to the root first.
///
/// Every dict, list, tuple and object is looked at once, at the nearest of its places, so that neither cycles nor
/// values that are shared many times take longer than the pickle is large. What is deeper than any trainer puts its
/// model, or has a longer path, is not looked at.
struct ModelWalk {
    /// A value that is still to be looked at.
    private struct Step {
        let value: PickleValue
        /// The key in the parent, or where this is a part of an object the key of the object.
        let key: PickleValue
        /// The index of the step before, or nil for the root.
        let parent: Int?
        /// How many steps were before.
        let depth: Int
        /// The length of the path, with a byte for each slash.
        let pathByteCount: Int
        /// Whether this is a part of an object, at the same path as the object.
        let isPart: Bool
        /// The index into `places` of the network or of what is set aside that this belongs to, with all that is below.
        var place: Int?
    }

    /// A tensor that a container holds by itself.
    struct Holding {
        /// The index in the pickle's tensors.
        let tensor: Int
        /// The step of the walk that came to the container.
        let step: Int
        /// The index into `places` of what the container belongs to, if to any.
        let place: Int?
    }

    private static let depth = 64
    /// What a step takes, with its place in the set of what was seen, while the array is copied to grow.
    private static let stepByteCount = 3 * MemoryLayout<Step>.stride + 48
    private static let placeByteCount = 3 * MemoryLayout<ModelPlace>.stride
    private static let holdingByteCount = 3 * MemoryLayout<Holding>.stride
    private static let maximumPathByteCount = 1024
    /// What is found, in order, those included that turn out to hold no floats.
    private(set) var places: [ModelPlace] = []
    /// Every tensor once for each container that holds it.
    private(set) var holdings: [Holding] = []
    /// What the walk holds beside the graph.
    var heldByteCount: Int {
        Self.stepByteCount * steps.count + Self.placeByteCount * places.count + Self.holdingByteCount * holdings.count
    }
    private let graph: PickleGraph
    private var names: StateDictNames
    private var steps: [Step] = []
    private var seen: Set<Int> = []

    /// Walks through the whole checkpoint.
    init(graph: PickleGraph) throws(ModelFinderError) {
        self.graph = graph
        self.names = StateDictNames(graph: graph)
        var next = 0
        if isNew(graph.root) {
            steps.append(Step(value: graph.root, key: .none, parent: nil, depth: 0, pathByteCount: 0, isPart: false))
        }
        while next < steps.count {
            try visit(next)
            next += 1
        }
    }

    private mutating func visit(_ index: Int) throws(ModelFinderError) {
        var direct: Int?
        if canBeSetAside(index), graph.isSetAside(steps[index].value, key: steps[index].key) {
            steps[index].place = addPlace(.setAside, index, TensorTally())
        } else if steps[index].place == nil {
            (steps[index].place, direct) = try findPlace(index)
        }
        try hold(index, place: steps[index].place ?? direct)
        try enqueueChildren(of: index)
    }

    /// Counts one more step, place and holding, before they are there.
    private func requireMemory() throws(ModelFinderError) {
        let next = Self.stepByteCount + Self.placeByteCount + Self.holdingByteCount
        do throws(MemoryShortage) { try graph.memory.require(heldByteCount + next) } catch { throw .memory(error) }
    }

    /// Whether a step's key and value are asked: it is in no place yet, or directly in a dict that is the whole model.
    private func canBeSetAside(_ index: Int) -> Bool {
        guard let place = steps[index].place else { return true }
        let owner = places[place]
        return owner.kind == .weights && steps[index].parent == owner.step && steps[owner.step].pathByteCount == 0
            && !graph.isModule(owner.value)
    }

    private mutating func isNew(_ value: PickleValue) -> Bool {
        switch value {
        case .dict(let container), .list(let container), .tuple(let container): seen.insert(container).inserted
        case .opaque(let object): seen.insert(-1 - object).inserted
        default: false
        }
    }

    private mutating func enqueueChildren(of index: Int) throws(ModelFinderError) {
        let step = steps[index]
        guard step.depth < Self.depth else { return }
        for part in graph.parts(of: step.value) { try enqueue(part, key: step.key, parent: index, isPart: true) }
        if case .opaque = step.value { return }
        // The walk itself changes while the graph is gone through.
        let graph = graph
        try graph.forEachChild(of: step.value, where: \.isContainer) { (key, value) throws(ModelFinderError) in
            try enqueue(value, key: key, parent: index, isPart: false)
        }
    }

    private mutating func enqueue(
        _ value: PickleValue,
        key: PickleValue,
        parent: Int,
        isPart: Bool
    ) throws(ModelFinderError) {
        let pathByteCount = steps[parent].pathByteCount + (isPart ? 0 : graph.keyByteCount(key) + 1)
        guard pathByteCount <= Self.maximumPathByteCount, isNew(value) else { return }
        try requireMemory()
        steps.append(
            Step(
                value: value,
                key: key,
                parent: parent,
                depth: steps[parent].depth + 1,
                pathByteCount: pathByteCount,
                isPart: isPart,
                place: steps[parent].place
            )
        )
    }

    /// Notes the tensors that a container holds by itself, and counts those of what is set aside.
    private mutating func hold(_ index: Int, place: Int?) throws(ModelFinderError) {
        if case .opaque = steps[index].value { return }
        let graph = graph
        try graph.forEachChild(of: steps[index].value, where: \.isTensor) { (_, child) throws(ModelFinderError) in
            guard case .tensor(let tensor) = child else { return }
            try requireMemory()
            holdings.append(Holding(tensor: tensor, step: index, place: place))
            if let place, places[place].kind == .setAside { places[place].tally.add(graph.tensors[tensor]) }
        }
    }

    /// Adds what is at a step if it can be the model: as a network with all that is below, or for what it holds itself.
    private mutating func findPlace(_ index: Int) throws(ModelFinderError) -> (network: Int?, mixed: Int?) {
        let value = steps[index].value
        if case .opaque = value, !graph.isModule(value) { return (nil, nil) }
        let isWhole = graph.isModule(value) || isMostlyTensors(value) && !hasModel(value)
        if isWhole || isPreferred(index) && !isTrainerState(value) {
            var tally = TensorTally()
            var parameterCount = 0
            let graph = graph
            try names.forEachTensor(of: value, path: path(index), isDemanded: false) { tensor in
                tally.add(graph.tensors[tensor.index])
                if ModelNaming.isParameter(tensor.name) { parameterCount += 1 }
            }
            if tally.floatCount > 0 {
                let place = addPlace(isWhole ? .weights : .nested, index, tally)
                places[place].hasParameterNames = graph.isModule(value) || 2 * parameterCount >= tally.count
                return (place, nil)
            }
        }
        guard value.isDict else { return (nil, nil) }
        let direct = directTensors(value)
        return (nil, direct.floatCount > 0 ? addPlace(.mixed, index, direct) : nil)
    }

    private mutating func addPlace(_ kind: ModelPlace.Kind, _ index: Int, _ tally: TensorTally) -> Int {
        places.append(ModelPlace(kind: kind, step: index, value: steps[index].value, tally: tally))
        return places.count - 1
    }

    private func directTensors(_ value: PickleValue) -> TensorTally {
        var tally = TensorTally()
        if case .opaque = value { return tally }
        graph.forEachChild(of: value, where: \.isTensor) { _, child in
            if case .tensor(let index) = child { tally.add(graph.tensors[index]) }
        }
        return tally
    }
}

extension ModelWalk {
    /// The keys that lead to a step; they are not kept with it, because millions of places can share long ones.
    func path(_ index: Int) -> [String] {
        var keys: [String] = []
        var current = index
        while let parent = steps[current].parent {
            if !steps[current].isPart { keys.append(graph.keyText(steps[current].key)) }
            current = parent
        }
        return keys.reversed()
    }

    /// The keys that lead to a place.
    func path(of place: ModelPlace) -> [String] { path(place.step) }

    /// Whether a path is that of a place, without a look at all keys of the place.
    func isPath(_ path: [String], of place: ModelPlace) -> Bool {
        var keys = path[...]
        var current = place.step
        while let parent = steps[current].parent {
            if !steps[current].isPart {
                guard let key = keys.popLast(), graph.keyText(steps[current].key) == key else { return false }
            }
            current = parent
        }
        return keys.isEmpty
    }

    /// Whether two places lie beside each other, in one dict or list.
    func areSiblings(_ first: ModelPlace, _ second: ModelPlace) -> Bool {
        container(of: first.step) == container(of: second.step)
    }

    /// The step of the dict or list around a place; an object and its parts are one.
    private func container(of step: Int) -> Int? {
        var current = step
        while steps[current].isPart, let parent = steps[current].parent { current = parent }
        return steps[current].parent
    }

    /// The rank of a place's path among the usual ones, see ``ModelNaming``.
    func preference(of place: ModelPlace) -> (depth: Int, position: Int)? { preference(place.step) }

    /// Whether a place is an optimizer's state by its key or its own keys.
    func isOptimizer(_ place: ModelPlace) -> Bool {
        ModelNaming.isOptimizer(graph.word(steps[place.step].key)) || graph.isOptimizerState(place.value)
    }

    private func preference(_ index: Int) -> (depth: Int, position: Int)? {
        guard ModelNaming.preferred.contains(graph.word(steps[index].key)) else { return nil }
        return ModelNaming.preference(of: path(index))
    }

    private func isPreferred(_ index: Int) -> Bool {
        steps[index].value.isDict && preference(index) != nil
    }

    private func isMostlyTensors(_ value: PickleValue) -> Bool {
        guard case .dict(let container) = value else { return false }
        let count = graph.childCount(of: value) { $0.isTensor || graph.isWrapper($0) }
        return count > 0 && 4 * count >= graph.arena.valueCount(of: container)
    }

    /// Whether a dict holds a model under a usual name beside its own tensors, say a step and a loss.
    private func hasModel(_ value: PickleValue) -> Bool {
        graph.hasChild(of: value) {
            $0.isDict || graph.isModule($0)
        } key: {
            ModelNaming.preferred.contains(graph.word($0))
        }
    }

    /// Whether a dict has keys that a model's layers do not have.
    private func isTrainerState(_ value: PickleValue) -> Bool {
        graph.hasChild(of: value, where: \.isDict) { child in
            let key = graph.word(child)
            return ModelNaming.stateDicts.contains(key) || key.hasPrefix("optim")
        }
    }
}
