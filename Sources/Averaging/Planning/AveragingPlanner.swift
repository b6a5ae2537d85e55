package import Checkpoints
import TensorFormats

/// Decides what an average of a window does with every tensor; reads nothing.
package struct AveragingPlanner: Sendable {
    private let filter: TensorFilter

    /// Plans within the tensors that a filter lets through.
    package init(filter: TensorFilter = TensorFilter()) {
        self.filter = filter
    }

    /// The plan for a window, or why there is none.
    package func plan(_ window: CheckpointWindow, recipe: Recipe) throws(PlanRefusal) -> AveragingPlan {
        let newest = window.newest
        let others = window.members.dropLast()
        try refuseSameFiles(window.members)
        for member in others { try requireSameNames(member, newest) }
        var decisions: [AveragingPlan.Decision] = []
        decisions.reserveCapacity(newest.catalog.count)
        for (position, tensor) in newest.catalog.entries.enumerated() {
            let reason = copyReason(of: tensor)
            if reason == nil {
                for member in others { try requireSameForm(tensor, at: position, member, newest) }
            }
            decisions.append(AveragingPlan.Decision(tensor: tensor, copyReason: reason))
        }
        guard decisions.contains(where: { $0.copyReason == nil }) else {
            throw .nothingToAverage(newest: newest.name)
        }
        return AveragingPlan(
            recipe: recipe,
            window: window,
            coefficients: recipe.weighting.coefficients(count: window.members.count),
            decisions: decisions,
            spans: SpanPlan(window: window, decisions: decisions)
        )
    }

    /// Why a tensor is copied whatever the members hold; nil where it is averaged.
    package func copyReason(of tensor: TensorCatalog.Entry) -> CopyReason? {
        guard filter.allows(tensor.name) else { return .excluded }
        guard tensor.info.elementType.averagedComponent == nil else { return nil }
        return tensor.info.elementType.kind == .smallFloat ? .quantized : .notFloatingPoint
    }

    /// One inode under two names would count twice.
    private func refuseSameFiles(_ members: [Checkpoint]) throws(PlanRefusal) {
        var seen: [CheckpointIdentity: String] = [:]
        for member in members {
            for file in member.weights {
                let identity = CheckpointIdentity(device: file.fingerprint.device, inode: file.fingerprint.inode)
                if let earlier = seen.updateValue(member.name, forKey: identity) {
                    throw .sameFile(first: earlier, second: member.name)
                }
            }
        }
    }

    private struct CheckpointIdentity: Hashable {
        let device: UInt64
        let inode: UInt64
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
            .filter { other.position(of: $0.element.name, likely: $0.offset) == nil && filter.allows($0.element.name) }
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
    }
}
