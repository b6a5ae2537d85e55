import TensorFormats

/// The bytes that the elements of strided tensors take, without the gaps between them.
enum ElementRuns {
    /// The most runs that are told apart: beyond it a view is finer than any trainer's that is known.
    static let limit = 1 << 16

    /// The bytes of some tensors of a file as ascending ranges that do not touch; nil where there are more than the limit.
    static func ranges(of tensors: [TensorInfo]) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        for tensor in tensors {
            guard let runs = runs(of: tensor, limit: limit - ranges.count) else { return nil }
            ranges += runs
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var joined: [Range<Int>] = []
        for range in ranges {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    private static func runs(of tensor: TensorInfo, limit: Int) -> [Range<Int>]? {
        guard let strides = tensor.strides else { return [tensor.byteRange] }
        var dimensions = zip(tensor.shape, strides).filter { $0.0 > 1 }.sorted { $0.1 < $1.1 }
        var length = 1
        // Runs that touch or overlap are one; elements of an expanded dimension are one in memory.
        while let (extent, stride) = dimensions.first, stride <= length {
            length += (extent - 1) * stride
            dimensions.removeFirst()
        }
        var count = 1
        for (extent, _) in dimensions {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= limit else { return nil }
            count = product
        }
        let size = tensor.elementType.bitCount / 8
        var starts = [tensor.byteRange.lowerBound]
        for (extent, stride) in dimensions {
            starts = starts.flatMap { start in (0..<extent).map { start + $0 * stride * size } }
        }
        return starts.map { $0..<($0 + length * size) }
    }
}
