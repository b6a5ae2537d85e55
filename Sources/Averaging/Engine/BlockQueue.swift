import Synchronization
import TensorFormats

/// Hands out the outputs in blocks, each to one worker, in order.
///
/// Blocks are cut at the boundaries of elements: a nominal boundary inside an element moves to the element's end, so
/// that every byte belongs to exactly one block whatever the alignment of the tensors in the file.
final class BlockQueue: Sendable {
    /// Small enough that a block of every member stays in the second-level cache.
    static let blockByteCount = 256 << 10

    /// A piece of one output.
    struct Block {
        /// Index of the output.
        let output: Int
        /// The bytes of it.
        let range: Range<Int>
    }

    private let outputs: [SpanPlan.Output]
    private let firstBlocks: [Int]
    private let blockCount: Int
    private let next = Atomic(0)

    init(_ outputs: [SpanPlan.Output]) {
        var firstBlocks: [Int] = []
        var count = 0
        for output in outputs {
            firstBlocks.append(count)
            count += (output.byteCount + Self.blockByteCount - 1) / Self.blockByteCount
        }
        self.outputs = outputs
        self.firstBlocks = firstBlocks
        blockCount = count
    }

    /// The next block, or nil when all are taken.
    func take() -> Block? {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < blockCount else { return nil }
            let output = (firstBlocks.partitioningIndex { $0 > index }) - 1
            let start = (index - firstBlocks[output]) * Self.blockByteCount
            let end = min(start + Self.blockByteCount, outputs[output].byteCount)
            let range = cut(start, in: outputs[output])..<cut(end, in: outputs[output])
            if !range.isEmpty { return Block(output: output, range: range) }
        }
    }

    private func cut(_ offset: Int, in output: SpanPlan.Output) -> Int {
        let index = output.spans.partitioningIndex { $0.output.upperBound > offset }
        guard index < output.spans.count, output.spans[index].output.lowerBound < offset else { return offset }
        let span = output.spans[index]
        let size = span.elementType.bitCount / 8
        let into = offset - span.output.lowerBound
        return span.output.lowerBound + (into + size - 1) / size * size
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies a predicate that holds from some element on; the end if there is none.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
