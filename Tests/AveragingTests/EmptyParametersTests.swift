import Averaging
import Checkpoints
import TensorFormats
import TestSupport
import Testing

@Suite struct EmptyParametersTests {
    /// What is refused for in a window of two checkpoints of the named tensors, which are empty, and of whole ones.
    private func refused(
        _ empty: [(name: String, shape: [Int], type: ElementType)],
        whole: [String] = ["norm.weight", "norm.bias", "scale", "shift"],
        filter: TensorFilter = TensorFilter()
    ) throws -> [String]? {
        try withTemporaryDirectory { directory in
            let tensors =
                empty.map { CatalogSample.tensor($0.name, 0..<0, type: $0.type, shape: $0.shape) }
                + whole.enumerated().map { CatalogSample.tensor($0.element, $0.offset * 8..<$0.offset * 8 + 8) }
            let members = try [10, 20].map { try CatalogSample.checkpoint(step: $0, [tensors], in: directory) }
            let window = try #require(CheckpointWindow(members: members))
            do throws(PlanRefusal) {
                _ = try AveragingPlanner(rules: TensorRules(filter: filter)).plan(window, recipe: .lawa)
                return nil
            } catch {
                guard case .emptyParameters(_, let names) = error else { throw error }
                #expect(error.description.contains("stage3_gather_16bit_weights_on_model_save"))
                return names
            }
        }
    }

    @Test(arguments: [
        "layers.0.q.weight", "weight", "layers.0.q.bias", "attn.in_proj_weight", "rnn.weight_ih_l0", "q.lora_A",
        "base_model.model.q.lora_B.weight",
    ])
    func emptyParameterAmongWholeOnes(_ name: String) throws {
        #expect(try refused([(name, [0], .f32)]) == [name])
        #expect(try refused([(name, [0, 8], .bf16)]) == [name])
    }

    @Test(arguments: ["cache", "attn.masked_bias", "history.queue", "weight.cache"])
    func emptyBuffer(_ name: String) throws {
        #expect(try refused([(name, [0], .f32)]) == nil)
    }

    @Test func emptyIntegersAreNoParameters() throws {
        #expect(try refused([("q.weight", [0], .i64), ("q._extra_state", [0], .u8)]) == nil)
    }

    @Test func mostTensorsEmpty() throws {
        let names = ["a", "b", "c", "d", "e"]
        #expect(try refused(names.map { ($0, [0], .f32) }) == names)
        #expect(try refused(names.dropLast().map { ($0, [0], .f32) }) == nil)
    }

    @Test func excludedOnesMayBeEmpty() throws {
        let filter = TensorFilter(exclude: ["q.*"])
        #expect(try refused([("q.weight", [0], .f32)], filter: filter) == nil)
    }
}
