import Checkpoints
import TensorFormats

extension SpanPlan {
    /// What the decisions about a window's tensors come to in its files, with all members counting alike.
    init(window: CheckpointWindow, decisions: [AveragingPlan.Decision]) {
        var inputs: [Input] = []
        var firstInput: [Int] = []
        for (member, checkpoint) in window.members.enumerated() {
            firstInput.append(inputs.count)
            for file in checkpoint.weights {
                inputs.append(Input(member: member, path: checkpoint.candidate.path(of: file), file: file))
            }
        }
        var spans: [[Span]] = Array(repeating: [], count: window.newest.weights.count)
        for (index, decision) in decisions.enumerated() where decision.copyReason == nil {
            let info = decision.tensor.info
            guard let component = info.elementType.averagedComponent, !info.byteRange.isEmpty else { continue }
            let whole = 0..<info.byteRange.count
            let pieces = window.members.enumerated().compactMap { member, checkpoint in
                checkpoint.catalog.position(of: decision.tensor.name, likely: index).map { position in
                    let entry = checkpoint.catalog.entries[position]
                    return Piece(
                        member: member,
                        input: firstInput[member] + entry.file,
                        offset: entry.info.byteRange.lowerBound,
                        part: whole
                    )
                }
            }
            spans[decision.tensor.file].append(
                Span(tensor: index, elementType: component, output: info.byteRange, pieces: pieces)
            )
        }
        let template = firstInput[window.members.count - 1]
        let outputs = window.newest.weights.enumerated().map { index, file in
            Output(
                relativePath: file.relativePath,
                template: template + index,
                byteCount: file.fingerprint.byteCount,
                spans: spans[index].sorted { $0.output.lowerBound < $1.output.lowerBound }
            )
        }
        self.init(
            inputs: inputs,
            outputs: outputs,
            memberCount: window.members.count,
            weights: [.uniform(window.members.count)]
        )
    }
}
