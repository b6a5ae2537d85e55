/// Finds the seals of outputs by place, and gives outputs and seals of all weights consecutive numbers.
struct SealIndex: Sendable {
    private let outputs: [SpanPlan.Output]
    private let weightsCount: Int
    /// By output, the places of its seals in ascending order.
    private let places: [[Int]]
    /// By output, how many seals those before it have.
    private let firstSeals: [Int]
    private let sealsOfOneSet: Int

    /// A CRC-32 has four bytes.
    static let placeByteCount = 4

    init(_ plan: SpanPlan) {
        outputs = plan.outputs
        weightsCount = plan.weights.count
        places = plan.outputs.map { $0.seals.flatMap(\.places).sorted() }
        var firstSeals: [Int] = []
        var count = 0
        for output in plan.outputs {
            firstSeals.append(count)
            count += output.seals.count
        }
        self.firstSeals = firstSeals
        sealsOfOneSet = count
    }

    /// Outputs of all weights.
    var fileCount: Int { weightsCount * outputs.count }

    /// Seals of all outputs of all weights.
    var sealCount: Int { weightsCount * sealsOfOneSet }

    /// The number of an output.
    func file(weights: Int, output: Int) -> Int {
        weights * outputs.count + output
    }

    /// The number of a seal.
    func number(weights: Int, output: Int, seal: Int) -> Int {
        weights * sealsOfOneSet + firstSeals[output] + seal
    }

    /// The bytes that a seal of an output is taken of.
    func range(of seal: Int, output: Int) -> Range<Int> {
        outputs[output].seals[seal].range
    }

    /// The seals of an output that are taken of bytes of a range.
    func seals(touching range: Range<Int>, output: Int) -> Range<Int> {
        let seals = outputs[output].seals
        let first = seals.partitioningIndex { $0.range.upperBound > range.lowerBound }
        let end = seals.partitioningIndex { $0.range.lowerBound >= range.upperBound }
        return first..<max(first, end)
    }

    /// A range without the places of seals.
    func unsealed(_ range: Range<Int>, output: Int) -> [Range<Int>] {
        let places = places[output]
        guard !places.isEmpty else { return [range] }
        var parts: [Range<Int>] = []
        var position = range.lowerBound
        var index = places.partitioningIndex { $0 + Self.placeByteCount > position }
        while index < places.count, places[index] < range.upperBound {
            if places[index] > position { parts.append(position..<places[index]) }
            position = places[index] + Self.placeByteCount
            index += 1
        }
        if position < range.upperBound { parts.append(position..<range.upperBound) }
        return parts
    }
}
