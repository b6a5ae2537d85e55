package import Checkpoints
import TensorFormats

/// Which tensors of a model are averaged and which are the newest member's.
package struct TensorRules: Hashable, Sendable {
    /// The patterns that names have to satisfy.
    package let filter: TensorFilter
    /// See `BatchNormStatistics`.
    package let batchNorm: BatchNormStatistics
    /// See `QuantizedTensors`.
    package let quantized: QuantizedTensors

    /// Takes what the configuration or the command line says.
    package init(
        filter: TensorFilter = TensorFilter(),
        batchNorm: BatchNormStatistics = .average,
        quantized: QuantizedTensors = .refuse
    ) {
        self.filter = filter
        self.batchNorm = batchNorm
        self.quantized = quantized
    }

    /// One decision for each tensor of a checkpoint, in its order, by what the checkpoint alone tells.
    package func decisions(on checkpoint: Checkpoint) -> [AveragingPlan.Decision] {
        decisions(on: checkpoint, regions: TensorRegion.regions(of: checkpoint.catalog))
    }

    func decisions(on checkpoint: Checkpoint, regions: [TensorRegion]) -> [AveragingPlan.Decision] {
        let isDeclared = checkpoint.settings.declaresQuantization
        return decisions(on: checkpoint.catalog, declaresQuantization: isDeclared, regions: regions)
    }

    func decisions(
        on catalog: TensorCatalog,
        declaresQuantization isDeclared: Bool = false,
        regions: [TensorRegion]
    ) -> [AveragingPlan.Decision] {
        let quantized = QuantizedParts(of: catalog, isDeclared: isDeclared).positions()
        var reasons = catalog.entries.enumerated().map { copyReason(of: $1, isQuantized: quantized.contains($0)) }
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

    private func copyReason(of tensor: TensorCatalog.Entry, isQuantized: Bool) -> CopyReason? {
        guard filter.allows(tensor.name) else { return .excluded }
        if isQuantized { return .quantized }
        if batchNorm == .newest, BatchNormStatistics.hasName(tensor.name) { return .batchNorm }
        if tensor.info.isOpaque { return .opaque }
        guard tensor.info.elementType.averagedComponent == nil else { return nil }
        return tensor.info.elementType.kind == .smallFloat ? .quantized : .notFloatingPoint
    }
}
