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
        /// The index into `places` of what is set aside with all that is below.
        var setAside: Int?
    }

    private static let depth = 64
    /// What a step takes, with its place in the set of what was seen, while the array is copied to grow.
    private static let stepByteCount = 2 * MemoryLayout<Step>.stride + 32
    private static let maximumPathByteCount = 1024
    /// What is found, in order.
    private(set) var places: [ModelPlace] = []
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
            let held = Self.stepByteCount * steps.count + MemoryLayout<ModelPlace>.stride * 2 * places.count
            do throws(MemoryShortage) { try graph.memory.require(held) } catch { throw .memory(error) }
        }
        places.removeAll { $0.tally.floatCount == 0 }
    }

    private mutating func visit(_ index: Int) throws(ModelFinderError) {
        if steps[index].setAside != nil || isSetAside(steps[index]) {
            setAside(index)
        } else if try addPlace(index) {
            return
        }
        enqueueChildren(of: index)
    }

    private mutating func isNew(_ value: PickleValue) -> Bool {
        switch value {
        case .dict(let container), .list(let container), .tuple(let container): seen.insert(container).inserted
        case .opaque(let object): seen.insert(-1 - object).inserted
        default: false
        }
    }

    private mutating func enqueueChildren(of index: Int) {
        let step = steps[index]
        guard step.depth < Self.depth else { return }
        for part in graph.parts(of: step.value) { enqueue(part, key: step.key, parent: index, isPart: true) }
        if case .opaque = step.value { return }
        let children = graph.children(of: step.value) { child in
            switch child {
            case .dict, .list, .tuple, .opaque: true
            default: false
            }
        }
        for (key, value) in children { enqueue(value, key: key, parent: index, isPart: false) }
    }

    private mutating func enqueue(_ value: PickleValue, key: PickleValue, parent: Int, isPart: Bool) {
        let pathByteCount = steps[parent].pathByteCount + (isPart ? 0 : graph.keyByteCount(key) + 1)
        guard pathByteCount <= Self.maximumPathByteCount, isNew(value) else { return }
        steps.append(
            Step(
                value: value,
                key: key,
                parent: parent,
                depth: steps[parent].depth + 1,
                pathByteCount: pathByteCount,
                isPart: isPart,
                setAside: steps[parent].setAside
            )
        )
    }

    /// Whether a key sets a value aside, or the value is what `Optimizer.state_dict()` returns.
    private func isSetAside(_ step: Step) -> Bool {
        if case .text = step.key, ModelNaming.isSetAside(graph.word(step.key)) { return true }
        return graph.value(of: "param_groups", in: step.value) != nil && graph.value(of: "state", in: step.value) != nil
    }

    private mutating func setAside(_ index: Int) {
        let top = steps[index].setAside ?? places.count
        if top == places.count { addPlace(.setAside, index, TensorTally()) }
        steps[index].setAside = top
        places[top].tally.add(directTensors(steps[index].value))
    }

    /// Adds what is at a step if it can be the model; returns whether all below belongs to it.
    private mutating func addPlace(_ index: Int) throws(ModelFinderError) -> Bool {
        let value = steps[index].value
        if case .opaque = value, !graph.isModule(value) { return false }
        let direct = directTensors(value)
        let isWhole = graph.isModule(value) || isMostlyTensors(value, direct.count) && !hasModel(value)
        if isWhole || isPreferred(index) && !isTrainerState(value) {
            var nested = TensorTally()
            for (_, tensor) in try names.tensors(of: value, path: path(index), isDemanded: false) {
                nested.add(graph.tensors[tensor])
            }
            if nested.floatCount > 0 {
                addPlace(isWhole ? .weights : .nested, index, nested)
                return true
            }
        }
        if value.isDict, direct.floatCount > 0 { addPlace(.mixed, index, direct) }
        return false
    }

    private mutating func addPlace(_ kind: ModelPlace.Kind, _ index: Int, _ tally: TensorTally) {
        places.append(ModelPlace(kind: kind, step: index, value: steps[index].value, tally: tally))
    }

    /// The keys that lead to a place; they are not kept with it, because millions of places can share long ones.
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

    /// The rank of a place's path among the usual ones, see ``ModelNaming``.
    func preference(of place: ModelPlace) -> (depth: Int, position: Int)? { preference(place.step) }

    private func preference(_ index: Int) -> (depth: Int, position: Int)? {
        guard ModelNaming.preferred.contains(graph.word(steps[index].key)) else { return nil }
        return ModelNaming.preference(of: path(index))
    }

    private func path(_ index: Int) -> [String] {
        var keys: [String] = []
        var current = index
        while let parent = steps[current].parent {
            if !steps[current].isPart { keys.append(graph.keyText(steps[current].key)) }
            current = parent
        }
        return keys.reversed()
    }

    private func directTensors(_ value: PickleValue) -> TensorTally {
        var tally = TensorTally()
        if case .opaque = value { return tally }
        for case (_, .tensor(let index)) in graph.children(of: value, where: \.isTensor) {
            tally.add(graph.tensors[index])
        }
        return tally
    }
}

extension ModelWalk {
    private func isPreferred(_ index: Int) -> Bool {
        steps[index].value.isDict && preference(index) != nil
    }

    private func isMostlyTensors(_ value: PickleValue, _ tensorCount: Int) -> Bool {
        guard case .dict(let container) = value else { return false }
        return tensorCount > 0 && 4 * tensorCount >= graph.arena.valueCount(of: container)
    }

    /// Whether a dict holds a model under a usual name beside its own tensors, say a step and a loss.
    private func hasModel(_ value: PickleValue) -> Bool {
        graph.children(of: value) { $0.isDict || graph.isModule($0) }
            .contains { ModelNaming.preferred.contains(graph.word($0.key)) }
    }

    /// Whether a dict has keys that a model's layers do not have.
    private func isTrainerState(_ value: PickleValue) -> Bool {
        graph.children(of: value, where: \.isDict).contains { child in
            let key = graph.word(child.key)
            return ModelNaming.stateDicts.contains(key) || key.hasPrefix("optim")
        }
    }
}
