import Text

/// Decides which of a checkpoint's tensors are the model.
struct ModelFinder {
    private static let alternativeLimit = 100
    /// What a tensor of the model takes in lists and sets beside the graph, apart from its name.
    private static let tensorByteCount = 240
    /// The most bytes that all tensors of a model have, far more than any machine holds; sums of bytes and of elements
    /// over all members of an average then stay within 63 bits.
    private static let byteLimit = 1 << 50
    private let graph: PickleGraph
    private let walk: ModelWalk

    /// Finds the model at a path, or without one by the names and sizes of what the checkpoint holds.
    ///
    /// Taken is, in this order: what Lightning keeps beside an average; the checkpoint itself where at least half of
    /// its values are tensors; a dict or module of a usual name; the largest of the others, where no second one comes
    /// near. What is named as an optimizer's state, an average and the like is taken only on demand.
    static func find(in graph: PickleGraph, at path: [String]?) throws(ModelFinderError) -> ModelChoice {
        let finder = ModelFinder(graph: graph, walk: try ModelWalk(graph: graph))
        if let path { return try finder.choice(at: path) }
        let (place, reason) = try finder.decide()
        return try finder.choice(place.value, path: finder.walk.path(of: place), reason: reason, isDemanded: false)
    }

    private var places: [ModelPlace] { walk.places }

    private var placeList: ModelPlaceList {
        let first = places.prefix(ModelPlaceList.limit).map { ModelPath.text(walk.path(of: $0)) }
        return ModelPlaceList(first: first, count: places.count)
    }

    private func decide() throws(ModelFinderError) -> (place: ModelPlace, reason: String) {
        let open = places.filter { $0.kind != .setAside }
        if let place = open.first(where: { walk.isPath([ModelNaming.lightningCurrent], of: $0) }) {
            return (place, "\("state_dict".quoted) holds an average already, of Lightning's WeightAveraging")
        }
        if let root = open.first, walk.isPath([], of: root), root.kind == .weights {
            return (root, "the checkpoint is a model itself")
        }
        var best: (place: ModelPlace, preference: (Int, Int))?
        for place in open where place.kind != .mixed {
            guard let preference = walk.preference(of: place) else { continue }
            if best.map({ preference < $0.preference }) ?? true { best = (place, preference) }
        }
        if let best { return (best.place, "it has a usual name") }
        return try largest(of: open)
    }

    private func largest(of open: [ModelPlace]) throws(ModelFinderError) -> (place: ModelPlace, reason: String) {
        let sorted = open.sorted { $0.tally.byteCount > $1.tally.byteCount }
        guard let first = sorted.first else {
            if places.isEmpty { throw .noTensors }
            throw .onlySetAside(placeList)
        }
        if let second = sorted.dropFirst().first, second.tally.byteCount >= first.tally.byteCount / 10 {
            throw .ambiguous(
                first: walk.path(of: first),
                firstByteCount: first.tally.byteCount,
                second: walk.path(of: second),
                secondByteCount: second.tally.byteCount
            )
        }
        return (first, sorted.count > 1 ? "it is by far the largest" : "there is no other")
    }

    private func choice(at path: [String]) throws(ModelFinderError) -> ModelChoice {
        var value = graph.root
        for key in path {
            guard
                let next = graph.children(of: value, where: { _ in true }).last(where: { graph.keyText($0.key) == key })
            else {
                throw .noSuchPath(path, available: placeList)
            }
            value = next.value
        }
        return try choice(value, path: path, reason: "it was asked for", isDemanded: true)
    }

    private func choice(
        _ value: PickleValue,
        path: [String],
        reason: String,
        isDemanded: Bool
    ) throws(ModelFinderError) -> ModelChoice {
        var names = StateDictNames(graph: graph)
        let tensors = try names.tensors(of: value, path: path, isDemanded: isDemanded)
        do throws(MemoryShortage) {
            try graph.memory.require(Self.tensorByteCount * tensors.count)
        } catch { throw .memory(error) }
        if tensors.isEmpty { throw .noTensorsAt(path, available: placeList) }
        var seen = Set<String>(minimumCapacity: tensors.count)
        for (name, _) in tensors where !seen.insert(name).inserted { throw .duplicateName(name, path: path) }
        try checkSize(of: tensors, path: path)
        return ModelChoice(path: path, reason: reason, alternatives: alternatives(to: path), tensors: tensors)
    }

    private func checkSize(of tensors: [(name: String, tensor: Int)], path: [String]) throws(ModelFinderError) {
        var room = Self.byteLimit
        for (_, index) in tensors {
            let tensor = graph.tensors[index]
            // Elements that share bytes are more than the bytes, and those with gaps between them are fewer.
            let byteCount = max(tensor.elementCount * tensor.elementType.byteCount, tensor.byteRange.count)
            guard byteCount <= room else { throw .tooLarge(path: path, limit: Self.byteLimit) }
            room -= byteCount
        }
    }

    private func alternatives(to path: [String]) -> [String] {
        let others = places.filter { !walk.isPath(path, of: $0) }
        let lines = others.prefix(Self.alternativeLimit).map(alternative)
        return others.count > lines.count ? lines + ["\(others.count - lines.count) more"] : lines
    }

    private func alternative(_ place: ModelPlace) -> String {
        let tally = place.tally
        let size = "\(tally.count) tensor\(tally.count == 1 ? "" : "s"), \(tally.byteCount) bytes of floats, "
        return "\(ModelPath.text(walk.path(of: place)).quoted): " + size
            + (place.kind == .setAside ? "set aside as no model by name or keys" : "not the first choice")
    }
}
