/// Lists the tensors of floats that are not taken for the model, so that none is left out without a word.
struct OtherTensorsFinder {
    /// The most places that are told one by one.
    private static let limit = 100
    /// What an owner takes in the list and the dict of owners while they grow, and a tensor in the sets and lists.
    private static let ownerByteCount = 320
    private static let tensorByteCount = 64
    private let graph: PickleGraph
    private let walk: ModelWalk
    /// What is held beside the graph, the walk included.
    private let besideByteCount: Int

    /// Lists what a walk has found.
    ///
    /// - Parameters:
    ///   - graph: the checkpoint.
    ///   - walk: a walk through it.
    ///   - besideByteCount: the bytes that the list of the model takes.
    init(graph: PickleGraph, walk: ModelWalk, besideByteCount: Int) {
        self.graph = graph
        self.walk = walk
        self.besideByteCount = besideByteCount + walk.heldByteCount
    }

    /// What tells the places of tensors apart.
    private enum Owner: Hashable {
        /// An index into the walk's places.
        case place(Int)
        /// The step of a container within the model.
        case model(Int)
        /// The step of a container that is in no place.
        case apart(Int)
    }

    /// The places that hold floats other than those of the model, in the order of the walk.
    ///
    /// - Parameters:
    ///   - model: the tensors of the model.
    ///   - paths: the keys that lead to its parts.
    func others(
        than model: [ModelChoice.Tensor],
        at paths: [[String]]
    ) throws(ModelFinderError) -> [OtherTensors] {
        try require(owners: 0, tensors: model.count + walk.places.count)
        let taken = Set(model.map(\.index))
        let isModel = walk.places.map { place in paths.contains { walk.isPath($0, of: place) } }
        var owners: [Owner] = []
        var tensors: [Owner: [Int]] = [:]
        var count = model.count + walk.places.count
        for holding in walk.holdings where !taken.contains(holding.tensor) {
            count += 1
            try require(owners: owners.count + 1, tensors: count)
            let owner =
                holding.place.map { isModel[$0] ? Owner.model(holding.step) : .place($0) }
                ?? .apart(holding.step)
            if tensors[owner] == nil { owners.append(owner) }
            tensors[owner, default: []].append(holding.tensor)
        }
        let shapes = ModelShapes(model.map { graph.tensors[$0.index] })
        let all = owners.compactMap { owner -> (owner: Owner, tally: TensorTally)? in
            var tally = TensorTally()
            for index in Set(tensors[owner] ?? []) { tally.add(graph.tensors[index]) }
            return tally.floatCount > 0 ? (owner, tally) : nil
        }
        let told = all.prefix(Self.limit).map { owner, tally in
            OtherTensors(
                path: ModelPath.text(path(of: owner)),
                kind: kind(of: owner, (tensors[owner] ?? []).map { graph.tensors[$0] }, shapes),
                count: tally.count,
                byteCount: tally.byteCount
            )
        }
        return told + rest(all.dropFirst(Self.limit).map(\.tally))
    }

    private func require(owners: Int, tensors: Int) throws(ModelFinderError) {
        let needed = besideByteCount + Self.ownerByteCount * owners + Self.tensorByteCount * tensors
        do throws(MemoryShortage) { try graph.memory.require(needed) } catch { throw .memory(error) }
    }

    private func rest(_ tallies: [TensorTally]) -> [OtherTensors] {
        guard !tallies.isEmpty else { return [] }
        var sum = TensorTally()
        tallies.forEach { sum.add($0) }
        let path = "\(tallies.count) more places"
        return [OtherTensors(path: path, kind: .other, count: sum.count, byteCount: sum.byteCount)]
    }

    private func path(of owner: Owner) -> [String] {
        switch owner {
        case .place(let index): walk.path(of: walk.places[index])
        case .model(let step), .apart(let step): walk.path(step)
        }
    }

    private func kind(
        of owner: Owner,
        _ tensors: [TensorReference],
        _ shapes: ModelShapes
    ) -> OtherTensors.Kind {
        switch owner {
        case .model: return .unlisted
        case .apart: return .other
        case .place(let index):
            let place = walk.places[index]
            if place.kind == .setAside, walk.isOptimizer(place) { return .optimizer }
            if shapes.areShared(by: tensors) { return .copy }
            return place.kind == .setAside ? .setAside : .other
        }
    }
}
