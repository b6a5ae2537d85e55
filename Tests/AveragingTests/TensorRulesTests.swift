import Checkpoints
import TensorFormats
import Testing

@testable import Averaging

@Suite struct TensorRulesTests {
    typealias Sample = CatalogSample

    /// Reasons by name, and for averaged tensors none.
    private func reasons(_ tensors: [TensorInfo], _ rules: TensorRules = TensorRules()) throws -> [String: CopyReason] {
        let decisions = try decisions(tensors, rules)
        return Dictionary(
            uniqueKeysWithValues: decisions.compactMap { decision in
                decision.copyReason.map { (decision.tensor.name, $0) }
            }
        )
    }

    private func decisions(_ tensors: [TensorInfo], _ rules: TensorRules) throws -> [AveragingPlan.Decision] {
        let catalog = try Sample.catalog([tensors])
        let decisions = rules.decisions(on: catalog, regions: TensorRegion.regions(of: catalog))
        #expect(decisions.map(\.tensor.name) == tensors.map(\.name))
        return decisions
    }

    @Test("bytes that are read as numbers of two types are copied for both")
    func twoTypes() throws {
        let tensors = [
            Sample.tensor("w", 0..<8), Sample.tensor("bits", 0..<8, type: .i32), Sample.tensor("f", 8..<16),
            Sample.tensor("half", 12..<16, type: .f16), Sample.tensor("apart", 16..<20),
        ]
        #expect(
            try reasons(tensors)
                == ["w": .sharesBytes, "bits": .notFloatingPoint, "f": .sharesBytes, "half": .sharesBytes]
        )
    }

    @Test("elements that lie across those of another tensor cannot be averaged once for both")
    func misaligned() throws {
        let tensors = [Sample.tensor("w", 0..<16), Sample.tensor("shifted", 2..<14)]
        #expect(try reasons(tensors) == ["w": .sharesBytes, "shifted": .sharesBytes])
    }

    @Test("a tensor that is tied to an excluded one stays as that one does")
    func excludedPartner() throws {
        let tensors = [
            Sample.tensor("wte", 0..<8), Sample.tensor("lm_head", 0..<8), Sample.tensor("slice", 4..<8),
            Sample.tensor("w", 8..<16),
        ]
        for name in ["wte", "lm_head", "slice"] {
            let rules = TensorRules(filter: TensorFilter(exclude: [name]))
            var expected: [String: CopyReason] = ["wte": .sharesBytes, "lm_head": .sharesBytes, "slice": .sharesBytes]
            expected[name] = .excluded
            #expect(try reasons(tensors, rules) == expected)
        }
        #expect(try reasons(tensors) == [:])
    }

    @Test("one decision stands for tensors that share bytes: the first of the model")
    func leaders() throws {
        let tensors = [
            Sample.tensor("x", 16..<24), Sample.tensor("b", 4..<12), Sample.tensor("a", 0..<8),
            Sample.tensor("none", 0..<0), Sample.tensor("y", 16..<24),
        ]
        #expect(try decisions(tensors, TensorRules()).map(\.leader) == [0, 1, 1, 3, 0])
    }

    @Test(
        "running statistics of batch normalization, by name alone",
        arguments: [
            ("bn.running_mean", true), ("layer.0.bn1.running_var", true), ("running_mean", true),
            ("running_var", true), ("bn.num_batches_tracked", false), ("bn.running_mean_ema", false),
            ("bn.xrunning_mean", false), ("running_mean.weight", false), ("Running_mean", false), ("bn.weight", false),
        ]
    )
    func batchNorm(name: String, isStatistic: Bool) throws {
        let tensors = [Sample.tensor(name, 0..<8), Sample.tensor("w", 8..<16)]
        #expect(BatchNormStatistics.hasName(name) == isStatistic)
        #expect(try reasons(tensors, TensorRules(batchNorm: .average)) == [:])
        let newest = TensorRules(batchNorm: .newest)
        #expect(try reasons(tensors, newest) == (isStatistic ? [name: .batchNorm] : [:]))
        let excluded = TensorRules(filter: TensorFilter(exclude: [name]), batchNorm: .newest)
        #expect(try reasons(tensors, excluded) == [name: .excluded], "the operator's word is the reason that is told")
    }

    @Test("what is to be changed when it is read is never averaged, and neither is what shares its bytes")
    func opaque() throws {
        let tensors = [
            Sample.tensor("conj", 0..<16, type: .c64, isOpaque: true), Sample.tensor("base", 0..<16, type: .c64),
            Sample.tensor("q", 16..<20, type: .i8, isOpaque: true), Sample.tensor("w", 20..<24),
        ]
        #expect(try reasons(tensors) == ["conj": .opaque, "base": .sharesBytes, "q": .opaque])
    }

    @Test("a view that is too fine is copied, with what shares its bytes")
    func scattered() throws {
        let count = ElementRuns.limit + 1
        let bytes = 0..<(8 * count - 4)
        let tensors = [
            Sample.tensor("fine", bytes, shape: [count], strides: [2]), Sample.tensor("first", 0..<4),
            Sample.tensor("n", 4..<8, type: .i32), Sample.tensor("w", bytes.upperBound..<(bytes.upperBound + 4)),
        ]
        #expect(try reasons(tensors) == ["fine": .scattered, "first": .scattered, "n": .notFloatingPoint])
    }
}
