package import Checkpoints
import TensorFormats

/// Which tensors of a model are averaged and which are the newest member's.
package struct TensorRules: Hashable, Sendable {
    /// The patterns that names have to satisfy.
    package let filter: TensorFilter
    /// See `BatchNormStatistics`.
    package let batchNorm: BatchNormStatistics

    /// Takes what the configuration or the command line says.
    package init(filter: TensorFilter = TensorFilter(), batchNorm: BatchNormStatistics = .average) {
        self.filter = filter
        self.batchNorm = batchNorm
    }

    /// One decision for each tensor of a checkpoint, in its order, by what the checkpoint alone tells.
    package func decisions(on checkpoint: Checkpoint) -> [AveragingPlan.Decision] {
        decisions(on: checkpoint.catalog, regions: TensorRegion.regions(of: checkpoint.catalog))
    }

    func decisions(on catalog: TensorCatalog, regions: [TensorRegion]) -> [AveragingPlan.Decision] {
        var reasons = catalog.entries.map(copyReason)
        var leaders = Array(catalog.entries.indices)
        for region in regions where region.ranges(in: catalog) == nil {
            for position in region.tensors { reasons[position] = reasons[position] ?? .scattered }
        }
        for region in regions where region.tensors.count > 1 {
            let isAveraged = region.isUniform(in: catalog) && region.tensors.allSatisfy { reasons[$0] == nil }
            let leader = region.tensors.min() ?? region.tensors[0]
            for position in region.tensors {
                leaders[position] = leader
                if !isAveraged { reasons[position] = reasons[position] ?? .sharesBytes }
            }
        }
        return catalog.entries.indices.map { position in
            AveragingPlan.Decision(
                tensor: catalog.entries[position],
                copyReason: reasons[position],
                leader: leaders[position]
            )
        }
    }

    private func copyReason(of tensor: TensorCatalog.Entry) -> CopyReason? {
        guard filter.allows(tensor.name) else { return .excluded }
        if batchNorm == .newest, BatchNormStatistics.hasName(tensor.name) { return .batchNorm }
        if tensor.info.isOpaque { return .opaque }
        guard tensor.info.elementType.averagedComponent == nil else { return nil }
        return tensor.info.elementType.kind == .smallFloat ? .quantized : .notFloatingPoint
    }
}
