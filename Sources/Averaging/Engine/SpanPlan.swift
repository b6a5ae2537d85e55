package import Checkpoints
import LinuxSystem
package import SystemPackage
package import TensorFormats

/// What the engine is to do, in terms of bytes alone: it knows nothing of formats, layouts or recipes.
///
/// Each output file is its template with some spans replaced by means. The numbers of a span may lie anywhere in any
/// inputs, whole or cut into pieces, differently in each member. One reading of the inputs makes one set of output
/// files for each list of weights.
package struct SpanPlan: Sendable {
    /// A file that is read.
    package struct Input: Sendable {
        /// The member that it belongs to, counted from the oldest.
        package let member: Int
        /// The path to open.
        package let path: FilePath
        /// The file as messages and the manifest name it.
        package let file: CheckpointFile
        /// Checksums that its bytes must have, their ranges in ascending order; they do not overlap.
        package let seals: [ByteSeal]
        /// The content, where an earlier pass read all of this version of the file: only what is averaged is read again.
        package let known: ContentChecksum?

        /// Size in bytes.
        package var byteCount: Int { file.fingerprint.byteCount }

        package init(
            member: Int,
            path: FilePath,
            file: CheckpointFile,
            seals: [ByteSeal] = [],
            known: ContentChecksum? = nil
        ) {
            self.member = member
            self.path = path
            self.file = file
            self.seals = seals
            self.known = known
        }
    }

    /// A run of numbers that is averaged.
    package struct Span: Sendable {
        /// Index of the decision that it belongs to.
        package let tensor: Int
        /// Type of the numbers.
        package let elementType: ElementType
        /// Where the numbers lie in the output, in bytes.
        package let output: Range<Int>
        /// Where they lie in the inputs: by member, oldest first, and within a member in order and without a gap.
        package let pieces: [Piece]

        package init(tensor: Int, elementType: ElementType, output: Range<Int>, pieces: [Piece]) {
            self.tensor = tensor
            self.elementType = elementType
            self.output = output
            self.pieces = pieces
        }
    }

    /// A part of a span as one member has it: whole elements, one after the other in one file.
    package struct Piece: Sendable {
        /// The member, counted from the oldest.
        package let member: Int
        /// Index into `inputs`.
        package let input: Int
        /// Byte offset in the input.
        package let offset: Int
        /// The bytes of the span, counted from its begin, that lie there.
        package let part: Range<Int>

        package init(member: Int, input: Int, offset: Int, part: Range<Int>) {
            self.member = member
            self.input = input
            self.offset = offset
            self.part = part
        }
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
        /// Checksums to mend, their ranges in ascending order; they do not overlap.
        package let seals: [ByteSeal]
        /// Bytes that are neither the template's nor averaged, in ascending order; outside of spans and sealed ranges.
        package let amendments: [ByteAmendment]

        package init(
            relativePath: String,
            template: Int,
            byteCount: Int,
            spans: [Span],
            seals: [ByteSeal] = [],
            amendments: [ByteAmendment] = []
        ) {
            self.relativePath = relativePath
            self.template = template
            self.byteCount = byteCount
            self.spans = spans
            self.seals = seals
            self.amendments = amendments
        }
    }

    /// All weight files of all members.
    package let inputs: [Input]
    /// One output for each weight file of the newest member.
    package let outputs: [Output]
    /// How many members there are.
    package let memberCount: Int
    /// One set of output files is made for each of these; at least one.
    package let weights: [MemberWeights]

    package init(inputs: [Input], outputs: [Output], memberCount: Int, weights: [MemberWeights]) {
        self.inputs = inputs
        self.outputs = outputs
        self.memberCount = memberCount
        self.weights = weights
    }

    /// Bytes that are read, each once: to be averaged, copied or, where the content is not known yet, checksummed.
    package var bytesToRead: Int {
        var counts = inputs.map { $0.known == nil ? $0.byteCount : 0 }
        for output in outputs {
            var copied = output.byteCount
            for span in output.spans {
                copied -= span.output.count
                for piece in span.pieces where inputs[piece.input].known != nil {
                    counts[piece.input] += piece.part.count
                }
            }
            if inputs[output.template].known != nil { counts[output.template] += copied }
        }
        return counts.clampedSum
    }

    /// Bytes of one set of outputs.
    package var bytesToWrite: Int { outputs.reduce(0) { $0 + $1.byteCount } }
}
