package import Checkpoints
package import SystemPackage
package import TensorFormats

/// What the engine is to do, in terms of bytes alone: it knows nothing of formats or layouts.
///
/// Each output file is its template with some spans replaced by means. A span's inputs may lie anywhere in any input.
package struct SpanPlan: Sendable {
    /// A file that is read.
    package struct Input: Sendable {
        /// The member that it belongs to, counted from the oldest.
        package let member: Int
        /// The path to open.
        package let path: FilePath
        /// The file as messages and the manifest name it.
        package let file: CheckpointFile
    }

    /// A run of numbers that is averaged.
    package struct Span: Sendable {
        /// Index of the decision that it belongs to.
        package let tensor: Int
        /// Type of the numbers.
        package let elementType: ElementType
        /// Where the numbers lie in the output, in bytes.
        package let output: Range<Int>
        /// For each member, oldest first, the input and the byte offset in it.
        package let sources: [Source]
    }

    /// A place in an input.
    package struct Source: Sendable {
        /// Index into `inputs`.
        package let input: Int
        /// Byte offset of the first number.
        package let offset: Int
    }

    /// A file that is written.
    package struct Output: Sendable {
        /// Path below the average's directory; the file's own name where the average is a single file.
        package let relativePath: String
        /// Index of the input whose bytes stand wherever no span does.
        package let template: Int
        /// Size in bytes, that of the template.
        package let byteCount: Int
        /// Spans in ascending order; they do not overlap.
        package let spans: [Span]
    }

    /// All weight files of all members.
    package let inputs: [Input]
    /// One output for each weight file of the newest member.
    package let outputs: [Output]
    /// How many members there are.
    package let memberCount: Int

    /// Bytes of all inputs; every byte is read once, to be averaged, copied or checksummed.
    package var bytesToRead: Int { inputs.reduce(0) { $0 + $1.file.fingerprint.byteCount } }

    /// Bytes of all outputs.
    package var bytesToWrite: Int { outputs.reduce(0) { $0 + $1.byteCount } }

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
            let sources = window.members.enumerated().compactMap { member, checkpoint in
                checkpoint.catalog[decision.tensor.name].map {
                    Source(input: firstInput[member] + $0.file, offset: $0.info.byteRange.lowerBound)
                }
            }
            spans[decision.tensor.file].append(
                Span(tensor: index, elementType: component, output: info.byteRange, sources: sources)
            )
        }
        let template = firstInput[window.members.count - 1]
        outputs = window.newest.weights.enumerated().map { index, file in
            Output(
                relativePath: file.relativePath,
                template: template + index,
                byteCount: file.fingerprint.byteCount,
                spans: spans[index].sorted { $0.output.lowerBound < $1.output.lowerBound }
            )
        }
        self.inputs = inputs
        memberCount = window.members.count
    }
}
