import Text

/// Decides which of a checkpoint's tensors are the model.
struct ModelFinder {
    /// What a tensor of the model takes in the list and the set of all and as what is found, apart from its name.
    private static let tensorByteCount = 144
    /// The most networks beside each other of which each is compared with each.
    private static let networkLimit = 16
    private let graph: PickleGraph
    private let walk: ModelWalk
    /// The places with floats.
    private let places: [ModelPlace]

    /// Finds the model at some paths, or without any by the names and sizes of what the checkpoint holds.
    ///
    /// Taken is, in this order: what Lightning keeps beside an average; the checkpoint itself where at least half of
    /// its values are tensors; a dict or module of a usual name, with the other networks beside it; the networks that
    /// lie beside each other; the largest of the others, where no second one comes near. What is named as an optimizer's
    /// state, an average and the like is taken only on demand, and so is a copy of what is taken.
    static func find(in graph: PickleGraph, at paths: [[String]]?) throws(ModelFinderError) -> ModelChoice {
        let finder = ModelFinder(graph: graph, walk: try ModelWalk(graph: graph))
        if let paths {
            var parts: [(value: PickleValue, path: [String])] = []
            for path in paths { parts.append((try finder.value(at: path), path)) }
            return try finder.choice(parts, reason: "it was asked for", isDemanded: true)
        }
        let (places, reason) = try finder.decide()
        let parts = places.map { (value: $0.value, path: finder.walk.path(of: $0)) }
        return try finder.choice(parts, reason: reason, isDemanded: false)
    }

    private init(graph: PickleGraph, walk: ModelWalk) {
        self.graph = graph
        self.walk = walk
        places = walk.places.filter { $0.tally.floatCount > 0 }
    }

    private var placeList: ModelPlaceList {
        let first = places.prefix(ModelPlaceList.limit).map { ModelPath.text(walk.path(of: $0)) }
        return ModelPlaceList(first: first, count: places.count)
    }

    private func decide() throws(ModelFinderError) -> (places: [ModelPlace], reason: String) {
        let open = places.filter { $0.kind != .setAside }
        if let place = open.first(where: { walk.isPath([ModelNaming.lightningCurrent], of: $0) }) {
            return ([place], "\("state_dict".quoted) holds an average already, of Lightning's WeightAveraging")
        }
        if let root = open.first, walk.isPath([], of: root), root.kind == .weights {
            return ([root], "the checkpoint is a model itself")
        }
        var best: (place: ModelPlace, preference: (Int, Int))?
        for place in open where place.kind != .mixed {
            guard let preference = walk.preference(of: place) else { continue }
            if best.map({ preference < $0.preference }) ?? true { best = (place, preference) }
        }
        if let best = best?.place {
            let others = try networks(beside: best, among: open)
            return (
                [best] + others,
                others.isEmpty ? "it has a usual name" : "one has a usual name, and other networks lie beside it"
            )
        }
        return try unnamed(among: open)
    }

    /// The networks beside one that are no copies of it: an output layer that is saved apart, a discriminator.
    private func networks(beside first: ModelPlace, among open: [ModelPlace]) throws(ModelFinderError) -> [ModelPlace] {
        let others = open.filter {
            $0.step != first.step && $0.isNetwork && $0.hasParameterNames && walk.areSiblings($0, first)
        }
        guard !others.isEmpty else { return [] }
        let shapes = ModelShapes(try tensors(of: first))
        var networks: [ModelPlace] = []
        for other in others where !shapes.areShared(by: try tensors(of: other)) { networks.append(other) }
        return networks
    }

    private func unnamed(among open: [ModelPlace]) throws(ModelFinderError) -> (places: [ModelPlace], reason: String) {
        let sorted = open.sorted { $0.tally.byteCount > $1.tally.byteCount }
        guard let first = sorted.first else {
            if places.isEmpty { throw .noTensors }
            throw .onlySetAside(placeList)
        }
        if first.isNetwork, first.hasParameterNames {
            let networks = try networks(beside: first, among: open)
            let taken = Set(networks.map(\.step) + [first.step])
            let isOnlyDoubt = !sorted.contains { !taken.contains($0.step) && isRival($0, of: first) }
            if !networks.isEmpty, isOnlyDoubt, try !haveCopies(networks) {
                return (open.filter { taken.contains($0.step) }, "they are networks beside each other")
            }
        }
        if let second = sorted.dropFirst().first, isRival(second, of: first) {
            throw .ambiguous(
                first: walk.path(of: first),
                firstByteCount: first.tally.byteCount,
                second: walk.path(of: second),
                secondByteCount: second.tally.byteCount
            )
        }
        return ([first], sorted.count > 1 ? "it is by far the largest" : "there is no other")
    }

    private func isRival(_ second: ModelPlace, of first: ModelPlace) -> Bool {
        second.tally.byteCount >= first.tally.byteCount / 10
    }

    /// Whether one of some networks is a copy of another, or may be, so that nobody can tell which is meant.
    private func haveCopies(_ networks: [ModelPlace]) throws(ModelFinderError) -> Bool {
        guard networks.count <= Self.networkLimit else { return true }
        for (position, network) in networks.enumerated() {
            let shapes = ModelShapes(try tensors(of: network))
            for other in networks[(position + 1)...] where shapes.areShared(by: try tensors(of: other)) { return true }
        }
        return false
    }

    private func tensors(of place: ModelPlace) throws(ModelFinderError) -> [TensorReference] {
        var names = StateDictNames(graph: graph)
        return try names.tensors(of: place.value, path: walk.path(of: place), isDemanded: false)
            .map { graph.tensors[$0.index] }
    }

    private func value(at path: [String]) throws(ModelFinderError) -> PickleValue {
        var value = graph.root
        for key in path {
            var next: PickleValue?
            graph.forEachChild(of: value, where: { _ in true }) { if graph.keyText($0) == key { next = $1 } }
            guard let next else { throw .noSuchPath(path, available: placeList) }
            value = next
        }
        return value
    }

    private func choice(
        _ parts: [(value: PickleValue, path: [String])],
        reason: String,
        isDemanded: Bool
    ) throws(ModelFinderError) -> ModelChoice {
        var names = StateDictNames(graph: graph)
        let plain = parts.count == 1 ? 0 : parts.firstIndex { ModelNaming.preference(of: $0.path) != nil }
        var tensors: [ModelChoice.Tensor] = []
        var seen: Set<String> = []
        var room = SizeLimit.byteCount
        for (position, part) in parts.enumerated() {
            let prefix = position == plain || part.path.isEmpty ? "" : part.path.joined(separator: ".") + "."
            let found = try names.tensors(of: part.value, path: part.path, isDemanded: isDemanded)
            let byteCount = (Self.tensorByteCount + prefix.utf8.count) * found.count
            do throws(MemoryShortage) {
                try graph.memory.require(Self.tensorByteCount * tensors.count + byteCount)
            } catch { throw .memory(error) }
            if found.isEmpty { throw .noTensorsAt(part.path, available: placeList) }
            tensors.reserveCapacity(tensors.count + found.count)
            seen.reserveCapacity(seen.count + found.count)
            for tensor in found {
                // Two texts that are put together are a third one, even where the first is empty.
                let name = prefix.isEmpty ? tensor.name : prefix + tensor.name
                let named = ModelChoice.Tensor(name: name, index: tensor.index, isPart: tensor.isPart)
                guard seen.insert(named.name).inserted else { throw .duplicateName(named.name, path: part.path) }
                tensors.append(named)
            }
            try take(found, from: &room, path: part.path)
        }
        let paths = parts.map(\.path)
        let finder = OtherTensorsFinder(graph: graph, walk: walk, besideByteCount: Self.tensorByteCount * tensors.count)
        let others = try finder.others(than: tensors, at: paths)
        return ModelChoice(paths: paths, reason: reason, others: others, tensors: tensors)
    }

    /// Takes the bytes of a part's tensors from what a model may have.
    private func take(
        _ tensors: [ModelChoice.Tensor],
        from room: inout Int,
        path: [String]
    ) throws(ModelFinderError) {
        for found in tensors {
            let tensor = graph.tensors[found.index]
            // Elements that share bytes are more than the bytes, and those with gaps between them are fewer.
            let byteCount = max(tensor.elementCount * tensor.elementType.byteCount, tensor.byteRange.count)
            guard byteCount <= room else { throw .tooLarge(path: path, limit: SizeLimit.byteCount) }
            room -= byteCount
        }
    }
}
