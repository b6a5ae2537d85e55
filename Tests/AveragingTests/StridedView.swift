import TensorFormats
import Testing

/// A view that begins at byte 64, and the runs of its elements counted from there.
struct StridedView: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: [Int]
    let strides: [Int]
    let runs: [Range<Int>]

    init(_ name: String, _ shape: [Int], _ strides: [Int], _ runs: [Range<Int>]) {
        testDescription = name
        self.shape = shape
        self.strides = strides
        self.runs = runs
    }

    func tensor(_ type: ElementType = .f32, at offset: Int = 64) -> TensorInfo {
        let last = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        let bytes = offset..<(offset + (last + 1) * type.bitCount / 8)
        return CatalogSample.tensor("v", bytes, type: type, shape: shape, strides: strides)
    }

    func ranges(_ size: Int, at offset: Int = 64) -> [Range<Int>] {
        runs.map { (offset + $0.lowerBound * size)..<(offset + $0.upperBound * size) }
    }
}
