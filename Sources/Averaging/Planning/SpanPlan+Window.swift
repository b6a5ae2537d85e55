import Checkpoints
import TensorFormats

extension SpanPlan {
    /// What the decisions about a window's tensors come to in its files, with all members counting alike.
    init(
        window: CheckpointWindow,
        decisions: [AveragingPlan.Decision],
        regions: [TensorRegion],
        known: [FileFingerprint: ContentChecksum]
    ) {
        var inputs: [Input] = []
        var firstInput: [Int] = []
        for (member, checkpoint) in window.members.enumerated() {
            firstInput.append(inputs.count)
            for (file, description) in zip(checkpoint.weights, checkpoint.catalog.files) {
                let content = known[file.fingerprint]
                inputs.append(
                    Input(
                        member: member,
                        path: checkpoint.candidate.path(of: file),
                        file: file,
                        seals: content == nil ? description.seals : [],
                        known: content
                    )
                )
            }
        }
        var spans: [[Span]] = Array(repeating: [], count: window.newest.weights.count)
        for region in regions {
            let leader = decisions[decisions[region.tensors[0]].leader]
            guard leader.copyReason == nil, let type = leader.tensor.info.elementType.averagedComponent,
                let ranges = region.ranges(in: window.newest.catalog)
            else { continue }
            let bases = Self.bases(of: region, first: decisions[region.tensors[0]].tensor, window, firstInput)
            for range in ranges {
                let skipped = range.lowerBound - region.range.lowerBound
                spans[leader.tensor.file].append(
                    Span(
                        tensor: decisions[region.tensors[0]].leader,
                        elementType: type,
                        output: range,
                        pieces: bases.enumerated().map { member, base in
                            Piece(
                                member: member,
                                input: base.input,
                                offset: base.offset + skipped,
                                part: 0..<range.count
                            )
                        }
                    )
                )
            }
        }
        let template = firstInput[window.members.count - 1]
        let outputs = window.newest.weights.enumerated().map { index, file in
            let description = window.newest.catalog.files[index]
            let spans = spans[index].sorted { $0.output.lowerBound < $1.output.lowerBound }
            return Output(
                relativePath: file.relativePath,
                template: template + index,
                byteCount: file.fingerprint.byteCount,
                spans: spans,
                seals: Self.broken(description.seals, by: spans),
                amendments: description.amendments
            )
        }
        self.init(
            inputs: inputs,
            outputs: outputs,
            memberCount: window.members.count,
            weights: [.uniform(window.members.count)]
        )
    }

    /// Where a region begins in each member, told by its first tensor, which the planner has found in all of them.
    private static func bases(
        of region: TensorRegion,
        first: TensorCatalog.Entry,
        _ window: CheckpointWindow,
        _ firstInput: [Int]
    ) -> [(input: Int, offset: Int)] {
        window.members.enumerated().compactMap { member, checkpoint in
            checkpoint.catalog.position(of: first.name, likely: region.tensors[0]).map { position in
                let entry = checkpoint.catalog.entries[position]
                return (firstInput[member] + entry.file, entry.info.byteRange.lowerBound)
            }
        }
    }

    /// The seals that averaging breaks; both lists are in ascending order.
    private static func broken(_ seals: [ByteSeal], by spans: [Span]) -> [ByteSeal] {
        seals.filter { seal in
            let index = spans.partitioningIndex { $0.output.upperBound > seal.range.lowerBound }
            return index < spans.count && spans[index].output.lowerBound < seal.range.upperBound
        }
    }
}
