import Checkpoints
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// Names, types and element counts as the libraries write them.
@Suite struct QuantizedPartsTests {
    typealias Tensor = (name: String, type: ElementType, count: Int)

    /// A library's tensors for one layer, and those of them that go together.
    struct Row: CustomTestStringConvertible {
        let library: String
        let tensors: [Tensor]
        let parts: Set<String>
        var testDescription: String { library }
    }

    /// What stands beside quantised layers in every row, large enough for these to be few.
    private static let rest: [Tensor] = [("embed.weight", .bf16, 100_000), ("head.bias", .f32, 8)]

    private static func checkpoint(_ tensors: [Tensor], step: Int, in directory: FilePath) throws -> Checkpoint {
        var end = 0
        let infos = tensors.map { tensor in
            let bytes = tensor.type.bitCount * tensor.count / 8
            defer { end += bytes }
            return CatalogSample.tensor(tensor.name, end..<end + bytes, type: tensor.type, shape: [tensor.count])
        }
        return try CatalogSample.checkpoint(step: step, [infos], in: directory)
    }

    private static let rows = [
        Row(
            library: "compressed-tensors",
            tensors: [
                ("q.weight", .f8E4M3, 64), ("q.weight_scale", .f32, 8), ("q.input_scale", .bf16, 1),
                ("q.bias", .f32, 8),
            ],
            parts: ["q.weight", "q.weight_scale", "q.input_scale"]
        ),
        Row(
            library: "DeepSeek",
            tensors: [("q.weight", .f8E4M3, 64), ("q.weight_scale_inv", .f32, 1)],
            parts: ["q.weight", "q.weight_scale_inv"]
        ),
        Row(
            library: "GPTQ",
            tensors: [
                ("q.qweight", .i32, 8), ("q.qzeros", .i32, 2), ("q.scales", .f16, 8), ("q.g_idx", .i32, 64),
                ("q.bias", .f16, 8),
            ],
            parts: ["q.qweight", "q.qzeros", "q.scales", "q.g_idx"]
        ),
        Row(
            library: "NF4 of bitsandbytes",
            tensors: [
                ("q.weight", .u8, 32), ("q.weight.absmax", .u8, 2), ("q.weight.quant_map", .f32, 16),
                ("q.weight.nested_absmax", .f32, 1), ("q.weight.nested_quant_map", .f32, 256),
                ("q.weight.quant_state.bitsandbytes__nf4", .u8, 90),
            ],
            parts: [
                "q.weight", "q.weight.absmax", "q.weight.quant_map", "q.weight.nested_absmax",
                "q.weight.nested_quant_map",
            ]
        ),
        Row(
            library: "LLM.int8()",
            tensors: [("q.weight", .i8, 64), ("q.SCB", .f32, 8), ("q.weight_format", .u8, 1)],
            parts: ["q.weight", "q.SCB"]
        ),
        Row(
            library: "HQQ",
            tensors: [("q.W_q", .u8, 32), ("q.scale", .f16, 8), ("q.zero", .f16, 8)],
            parts: ["q.W_q", "q.scale", "q.zero"]
        ),
        Row(
            library: "NVFP4 of ModelOpt",
            tensors: [("q.weight", .u8, 32), ("q.weight_scale", .f8E4M3, 4), ("q.weight_scale_2", .f32, 1)],
            parts: ["q.weight", "q.weight_scale", "q.weight_scale_2"]
        ),
        Row(
            library: "quanto",
            tensors: [("q.weight._data", .i8, 64), ("q.weight._scale", .f32, 8), ("q.input_scale", .f32, 1)],
            parts: ["q.weight._data", "q.weight._scale", "q.input_scale"]
        ),
        Row(
            library: "torchao",
            tensors: [
                ("q._weight_qdata", .i8, 64), ("q._weight_scale", .f32, 8), ("p.weight:qdata", .i8, 64),
                ("p.weight:scale", .bf16, 8),
            ],
            parts: ["q._weight_qdata", "q._weight_scale", "p.weight:qdata", "p.weight:scale"]
        ),
        Row(
            library: "VPTQ",
            tensors: [("q.indices", .i32, 32), ("q.centroids.weight", .f16, 64), ("q.weight_scale", .f16, 8)],
            parts: ["q.indices", "q.centroids.weight", "q.weight_scale"]
        ),
        Row(
            library: "AQLM",
            tensors: [("q.codes", .i16, 32), ("q.codebooks", .f16, 64), ("q.scales", .f16, 8)],
            parts: ["q.codes", "q.codebooks", "q.scales"]
        ),
        Row(
            library: "a library that nobody knows",
            tensors: [("q.qweight", .u8, 32), ("q.magnitudes", .f32, 8)],
            parts: ["q.qweight", "q.magnitudes"]
        ),
        Row(
            library: "observers of PyTorch",
            tensors: [
                ("q.weight", .f32, 64), ("q.fake_quant.scale", .f32, 1), ("q.fake_quant.zero_point", .i32, 1),
            ],
            parts: ["q.fake_quant.scale", "q.fake_quant.zero_point"]
        ),
        Row(
            library: "FP8 without modules",
            tensors: [("q", .f8E4M3, 64), ("q_scale", .f32, 1), ("norm", .f32, 8)],
            parts: ["q", "q_scale"]
        ),
        // What looks alike and is not: counters, positions, masks.
        Row(
            library: "BatchNorm",
            tensors: [("bn.weight", .f32, 8), ("bn.running_mean", .f32, 8), ("bn.num_batches_tracked", .i64, 1)],
            parts: []
        ),
        Row(
            library: "Swin",
            tensors: [
                ("a.relative_position_bias_table", .f32, 8), ("a.relative_position_index", .i64, 64),
                ("a.logit_scale", .f32, 4),
            ],
            parts: []
        ),
        Row(
            library: "ActNorm",
            tensors: [("f.loc", .f32, 8), ("f.scale", .f32, 8), ("f.initialized", .u8, 1)],
            parts: []
        ),
        Row(
            library: "CLIP",
            tensors: [("v.class_embedding", .f32, 8), ("v.position_ids", .i64, 50), ("logit_scale", .f32, 1)],
            parts: []
        ),
        Row(
            library: "GPT-2's mask",
            tensors: [("a.bias", .u8, 64), ("a.masked_bias", .f32, 1), ("a.gain", .f32, 4)],
            parts: []
        ),
    ]

    @Test(arguments: rows)
    func namesOfLibraries(_ row: Row) throws {
        try withTemporaryDirectory { directory in
            let checkpoint = try Self.checkpoint(row.tensors + Self.rest, step: 10, in: directory)
            let decisions = TensorRules().decisions(on: checkpoint)
            let floats = decisions.filter { $0.tensor.info.elementType.averagedComponent != nil }
            let copied = floats.filter { $0.copyReason != nil }
            #expect(
                Set(copied.map(\.tensor.name))
                    == row.parts.filter { part in
                        floats.contains { $0.tensor.name == part }
                    }
            )
            #expect(copied.allSatisfy { $0.copyReason == .quantized })
            #expect(decisions.filter { $0.copyReason == .quantized }.map(\.tensor.name).sorted() == row.parts.sorted())
        }
    }

    @Test func mostOfAModel() throws {
        try withTemporaryDirectory { directory in
            let tensors: [Tensor] = [
                ("q.weight", .f8E4M3, 88), ("q.weight_scale", .f32, 1), ("norm.weight", .f32, 100),
            ]
            let members = try [10, 20].map { try Self.checkpoint(tensors, step: $0, in: directory) }
            let window = try #require(CheckpointWindow(members: members))
            let refusal = #expect(throws: PlanRefusal.self) {
                try AveragingPlanner().plan(window, recipe: .lawa)
            }
            let tensorNames = ["q.weight", "q.weight_scale"]
            #expect(refusal == .mostlyQuantized(newest: "checkpoint-20", percent: 47, tensors: tensorNames))
            #expect(refusal?.description.contains("--quantized copy") == true)
            let plan = try AveragingPlanner(rules: TensorRules(quantized: .copy)).plan(window, recipe: .lawa)
            #expect(plan.averagedCount == 1)
        }
    }

    @Test(arguments: [(11, true), (12, false)])
    func aTenthOfAModel(_ codes: Int, _ isAveraged: Bool) throws {
        try withTemporaryDirectory { directory in
            let tensors: [Tensor] = [("q.weight", .f8E4M3, codes), ("norm.weight", .f32, 100)]
            let members = try [10, 20].map { try Self.checkpoint(tensors, step: $0, in: directory) }
            let window = try #require(CheckpointWindow(members: members))
            let plan = try? AveragingPlanner().plan(window, recipe: .lawa)
            #expect((plan != nil) == isAveraged)
        }
    }
}
