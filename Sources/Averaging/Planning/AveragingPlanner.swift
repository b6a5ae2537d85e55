package import Checkpoints
import LinuxSystem
import TensorFormats

/// Decides what an average of a window does with every tensor; reads nothing.
package struct AveragingPlanner: Sendable {
    private let rules: TensorRules
    private let known: [FileFingerprint: ContentChecksum]

    /// Plans by rules.
    ///
    /// - Parameter known: the content of versions of files of which an earlier pass read every byte.
    package init(rules: TensorRules = TensorRules(), known: [FileFingerprint: ContentChecksum] = [:]) {
        self.rules = rules
        self.known = known
    }

    /// The plan for a window, or why there is none.
    package func plan(_ window: CheckpointWindow, recipe: Recipe) throws(PlanRefusal) -> AveragingPlan {
        let newest = window.newest
        let others = window.members.dropLast()
        try refuseSameFiles(window.members)
        let regions = TensorRegion.regions(of: newest.catalog)
        let decisions = rules.decisions(on: newest, regions: regions)
        for member in others {
            try requireMatch(member, newest, regions: regions, decisions: decisions)
        }
        try refuseMostlyQuantized(newest, decisions)
        guard decisions.contains(where: { $0.copyReason == nil }) else {
            throw .nothingToAverage(newest: newest.name)
        }
        let empty = EmptyParameters.names(in: decisions)
        guard empty.isEmpty else { throw .emptyParameters(newest: newest.name, tensors: empty) }
        return AveragingPlan(
            recipe: recipe,
            rules: rules,
            window: window,
            coefficients: recipe.weighting.coefficients(count: window.members.count),
            decisions: decisions,
            spans: SpanPlan(window: window, decisions: decisions, regions: regions, known: known)
        )
    }

    /// Why an earlier checkpoint cannot be averaged with a newer one under the rules; nil where it can.
    ///
    /// Told by what the checkpoints say of their tensors: nothing is read. What is not averaged may differ.
    package func mismatch(of member: Checkpoint, with newest: Checkpoint) -> PlanRefusal? {
        let regions = TensorRegion.regions(of: newest.catalog)
        let decisions = rules.decisions(on: newest, regions: regions)
        do throws(PlanRefusal) {
            try requireMatch(member, newest, regions: regions, decisions: decisions)
            return nil
        } catch {
            return error
        }
    }

    /// The same tensors of the same form that share their bytes alike, as far as they are averaged.
    ///
    /// - Parameters:
    ///   - regions: those of the newest.
    ///   - decisions: those on the newest.
    private func requireMatch(
        _ member: Checkpoint,
        _ newest: Checkpoint,
        regions: [TensorRegion],
        decisions: [AveragingPlan.Decision]
    ) throws(PlanRefusal) {
        try requireSameModel(member, newest)
        try requireSameSettings(member, newest)
        try requireSameNames(member, newest)
        for (position, decision) in decisions.enumerated() where decision.copyReason == nil {
            try requireSameForm(decision.tensor, at: position, member, newest)
        }
        for region in regions where decisions[region.tensors[0]].copyReason == nil {
            try requireSameSharing(region.tensors, of: newest, in: member)
        }
        for region in TensorRegion.regions(of: member.catalog) where region.tensors.count > 1 {
            let averaged = region.tensors.filter { position in
                newest.catalog.position(of: member.catalog.entries[position].name, likely: position)
                    .map { decisions[$0].copyReason == nil } ?? false
            }
            try requireSameSharing(averaged, of: member, in: newest)
        }
    }

    /// One checkpoint under two names would count twice; members may share a file that did not change between them.
    private func refuseSameFiles(_ members: [Checkpoint]) throws(PlanRefusal) {
        var seen: [Set<FileIdentity>: String] = [:]
        for member in members {
            if let earlier = seen.updateValue(member.name, forKey: member.weightFiles) {
                throw .sameFile(first: earlier, second: member.name)
            }
        }
    }

    /// Models that lie under other keys are other models, even where their tensors have the same names.
    private func requireSameModel(_ member: Checkpoint, _ newest: Checkpoint) throws(PlanRefusal) {
        // Members cut into other numbers of files are told apart by their tensors.
        guard member.catalog.files.count == newest.catalog.files.count else { return }
        for (first, second) in zip(member.catalog.files, newest.catalog.files) {
            let (path, newestPath) = (first.model?.path ?? "/", second.model?.path ?? "/")
            guard path == newestPath else {
                throw .differentModel(member: member.name, path: path, newest: newest.name, newestPath: newestPath)
            }
        }
    }

    /// The same numbers under other settings are another model.
    private func requireSameSettings(_ member: Checkpoint, _ newest: Checkpoint) throws(PlanRefusal) {
        guard let difference = member.settings.difference(from: newest.settings) else { return }
        throw .differentSettings(member: member.name, newest: newest.name, difference)
    }

    /// An average in which most numbers are the newest's is the newest by another name.
    private func refuseMostlyQuantized(
        _ newest: Checkpoint,
        _ decisions: [AveragingPlan.Decision]
    ) throws(PlanRefusal) {
        guard rules.quantized == .refuse else { return }
        let quantized = decisions.filter { [.quantized, .opaque].contains($0.copyReason) }
        let elements = { (decisions: [AveragingPlan.Decision]) in
            decisions.reduce(0.0) { $0 + Double($1.tensor.info.elementCount) }
        }
        let copied = elements(quantized)
        let share = copied / max(1, copied + elements(decisions.filter { $0.copyReason == nil }))
        guard share > QuantizedTensors.largestShare else { return }
        throw .mostlyQuantized(
            newest: newest.name,
            percent: Int((100 * share).rounded()),
            tensors: quantized.map(\.tensor.name)
        )
    }

    private func requireSameNames(_ member: Checkpoint, _ newest: Checkpoint) throws(PlanRefusal) {
        let missing = names(of: newest.catalog, lackedBy: member.catalog)
        let additional = names(of: member.catalog, lackedBy: newest.catalog)
        guard missing.isEmpty && additional.isEmpty else {
            throw .differentTensors(
                member: member.name,
                newest: newest.name,
                missing: missing,
                additional: additional
            )
        }
    }

    private func names(of catalog: TensorCatalog, lackedBy other: TensorCatalog) -> [String] {
        catalog.entries.enumerated()
            .filter {
                other.position(of: $0.element.name, likely: $0.offset) == nil && rules.filter.allows($0.element.name)
            }
            .map(\.element.name)
    }

    private func requireSameForm(
        _ tensor: TensorCatalog.Entry,
        at position: Int,
        _ member: Checkpoint,
        _ newest: Checkpoint
    ) throws(PlanRefusal) {
        guard let place = member.catalog.position(of: tensor.name, likely: position) else { return }
        let other = member.catalog.entries[place].info
        guard other.elementType == tensor.info.elementType else {
            throw .differentType(
                tensor: tensor.name,
                member: member.name,
                type: other.elementType,
                newest: newest.name,
                newestType: tensor.info.elementType
            )
        }
        guard other.shape == tensor.info.shape else {
            throw .differentShape(
                tensor: tensor.name,
                member: member.name,
                shape: other.shape,
                newest: newest.name,
                newestShape: tensor.info.shape
            )
        }
        guard Self.haveSameOrder(other, tensor.info), !other.isOpaque else {
            throw .differentStrides(tensor: tensor.name, member: member.name, newest: newest.name)
        }
    }

    /// Whether the elements of tensors of one shape lie alike; a dimension of one element has no neighbours to be apart.
    private static func haveSameOrder(_ left: TensorInfo, _ right: TensorInfo) -> Bool {
        guard let leftStrides = left.strides, let rightStrides = right.strides else {
            return left.strides == right.strides
        }
        return left.shape.indices.allSatisfy { left.shape[$0] == 1 || leftStrides[$0] == rightStrides[$0] }
    }

    /// Bytes that several tensors share are averaged once, so they must be shared in the same way everywhere.
    private func requireSameSharing(
        _ positions: [Int],
        of sharer: Checkpoint,
        in other: Checkpoint
    ) throws(PlanRefusal) {
        guard positions.count > 1 else { return }
        let first = sharer.catalog.entries[positions[0]]
        guard let firstPlace = place(of: first.name, likely: positions[0], in: other) else { return }
        for position in positions.dropFirst() {
            let tensor = sharer.catalog.entries[position]
            guard let place = place(of: tensor.name, likely: position, in: other) else { continue }
            let distance = tensor.info.byteRange.lowerBound - first.info.byteRange.lowerBound
            let isSame =
                place.file == firstPlace.file
                && place.info.byteRange.lowerBound - firstPlace.info.byteRange.lowerBound == distance
            guard isSame else {
                throw .differentSharing(
                    tensor: first.name,
                    with: tensor.name,
                    sharer: sharer.name,
                    other: other.name
                )
            }
        }
    }

    private func place(of name: String, likely: Int, in member: Checkpoint) -> TensorCatalog.Entry? {
        member.catalog.position(of: name, likely: likely).map { member.catalog.entries[$0] }
    }
}
