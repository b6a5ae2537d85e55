import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// Why one checkpoint does not go with another, as a plan of both would say.
@Suite struct PlannerMismatchTests {
    typealias Sample = CatalogSample

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let member: [TensorInfo]
        let newest: [TensorInfo]
        var models = ["model", "model"]
        var rules = TensorRules()
        let refusal: PlanRefusal?
    }

    private static let rows = [
        Row(
            testDescription: "the same",
            member: [Sample.tensor("w", 0..<8)],
            newest: [Sample.tensor("w", 40..<48)],
            refusal: nil
        ),
        Row(
            testDescription: "a vocabulary that was resized",
            member: [Sample.tensor("embed", 0..<80), Sample.tensor("w", 80..<88)],
            newest: [Sample.tensor("embed", 0..<88), Sample.tensor("w", 88..<96)],
            refusal: .differentShape(
                tensor: "embed",
                member: "checkpoint-10",
                shape: [20],
                newest: "checkpoint-20",
                newestShape: [22]
            )
        ),
        Row(
            testDescription: "a resized vocabulary that is not averaged",
            member: [Sample.tensor("embed", 0..<80), Sample.tensor("w", 80..<88)],
            newest: [Sample.tensor("embed", 0..<88), Sample.tensor("w", 88..<96)],
            rules: TensorRules(filter: TensorFilter(exclude: ["embed"])),
            refusal: nil
        ),
        Row(
            testDescription: "layers that were unfrozen since",
            member: [Sample.tensor("w", 0..<8)],
            newest: [Sample.tensor("w", 0..<8), Sample.tensor("x", 8..<16)],
            refusal: .differentTensors(
                member: "checkpoint-10",
                newest: "checkpoint-20",
                missing: ["x"],
                additional: []
            )
        ),
        Row(
            testDescription: "another precision",
            member: [Sample.tensor("w", 0..<8, type: .bf16)],
            newest: [Sample.tensor("w", 0..<8)],
            refusal: .differentType(
                tensor: "w",
                member: "checkpoint-10",
                type: .bf16,
                newest: "checkpoint-20",
                newestType: .f32
            )
        ),
        Row(
            testDescription: "elements in another order",
            member: [Sample.tensor("w", 0..<48, shape: [3, 4], strides: [1, 3])],
            newest: [Sample.tensor("w", 0..<48, shape: [3, 4])],
            refusal: .differentStrides(tensor: "w", member: "checkpoint-10", newest: "checkpoint-20")
        ),
        Row(
            testDescription: "weights that are tied in the member only",
            member: [Sample.tensor("a", 0..<8), Sample.tensor("b", 0..<8)],
            newest: [Sample.tensor("a", 0..<8), Sample.tensor("b", 8..<16)],
            refusal: .differentSharing(
                tensor: "a",
                with: "b",
                sharer: "checkpoint-10",
                other: "checkpoint-20"
            )
        ),
        Row(
            testDescription: "weights that are tied in the newest only",
            member: [Sample.tensor("a", 0..<8), Sample.tensor("b", 8..<16)],
            newest: [Sample.tensor("a", 0..<8), Sample.tensor("b", 0..<8)],
            refusal: .differentSharing(
                tensor: "a",
                with: "b",
                sharer: "checkpoint-20",
                other: "checkpoint-10"
            )
        ),
        Row(
            testDescription: "a model elsewhere in the file",
            member: [Sample.tensor("w", 0..<8)],
            newest: [Sample.tensor("w", 0..<8)],
            models: ["ema", "model"],
            refusal: .differentModel(
                member: "checkpoint-10",
                path: "ema",
                newest: "checkpoint-20",
                newestPath: "model"
            )
        ),
        Row(
            testDescription: "nothing to average is no matter of the two",
            member: [Sample.tensor("n", 0..<8, type: .i32)],
            newest: [Sample.tensor("n", 0..<16, type: .i32)],
            refusal: nil
        ),
    ]

    @Test(arguments: rows)
    func pairs(row: Row) throws {
        try withTemporaryDirectory { directory in
            let member = try Sample.checkpoint(step: 10, [row.member], model: row.models[0], in: directory)
            let newest = try Sample.checkpoint(step: 20, [row.newest], model: row.models[1], in: directory)
            let planner = AveragingPlanner(rules: row.rules)
            #expect(planner.mismatch(of: member, with: newest) == row.refusal)
            guard let refusal = row.refusal else { return }
            let window = try #require(CheckpointWindow(members: [member, newest]))
            #expect(throws: refusal, "a plan says the same") { try planner.plan(window, recipe: .lawa) }
        }
    }

    @Test("numbers under other settings are of another model")
    func settings() throws {
        try withTemporaryDirectory { directory in
            let members = try [(10, "16"), (20, "64")].map { step, alpha in
                let path = directory.appending("checkpoint-\(step)")
                let text = Array(#"{"lora_alpha": \#(alpha)}"#.utf8)
                try Publication.makeDirectories(path)
                try Fixture.write(text, to: path.appending("adapter_config.json"))
                return try SyntheticMember.floats([1]).write(to: path)
            }
            let refusal = AveragingPlanner().mismatch(of: members[0], with: members[1])
            let text = #""adapter_config.json" says lora_alpha 16 in "checkpoint-10" but 64 in "checkpoint-20""#
            #expect(refusal?.description.hasPrefix(text) == true)
            let window = try #require(CheckpointWindow(members: members))
            #expect(throws: PlanRefusal.self) { try AveragingPlanner().plan(window, recipe: .lawa) }
        }
    }

    @Test("a hundred thousand tensors are compared at once", .timeLimit(.minutes(1)))
    func many() throws {
        try withTemporaryDirectory { directory in
            let tensors = (0..<100_000).map { Sample.tensor("layers.\($0).weight", $0 * 8..<$0 * 8 + 8) }
            let member = try Sample.checkpoint(step: 10, [tensors], in: directory)
            let newest = try Sample.checkpoint(step: 20, [tensors.reversed()], in: directory)
            #expect(AveragingPlanner().mismatch(of: member, with: newest) == nil)
        }
    }
}
