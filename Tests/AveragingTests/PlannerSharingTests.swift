import Checkpoints
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// Windows whose members keep the same tensors in different ways.
@Suite struct PlannerSharingTests {
    typealias Sample = CatalogSample

    private func plan(
        _ members: [[TensorInfo]],
        models: [String]? = nil,
        rules: TensorRules = TensorRules()
    ) throws -> AveragingPlan {
        try withTemporaryDirectory { directory in
            let checkpoints = try members.enumerated().map { index, tensors in
                let model = models?[index] ?? "model"
                return try Sample.checkpoint(step: 10 * (index + 1), [tensors], model: model, in: directory)
            }
            let window = try #require(CheckpointWindow(members: checkpoints))
            let recipe = Recipe(name: "lawa", window: .last(members.count))
            return try AveragingPlanner(rules: rules).plan(window, recipe: recipe)
        }
    }

    private func expect(
        _ refusal: PlanRefusal,
        _ text: String,
        _ members: [TensorInfo]...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = #expect(throws: PlanRefusal.self, sourceLocation: sourceLocation) { try plan(members) }
        #expect(found == refusal, sourceLocation: sourceLocation)
        #expect(found.map { "\($0)" } == text, sourceLocation: sourceLocation)
    }

    @Test("elements in another order", arguments: [([3, 4], [1, 3]), ([3, 4], nil), ([2, 2, 3], [1, 6, 2])])
    func strides(shape: [Int], strides: [Int]?) {
        let other = shape.count == 3 ? [6, 1, 2] : [1, 5]
        expect(
            .differentStrides(tensor: "w", member: "checkpoint-10", newest: "checkpoint-20"),
            "the elements of tensor \"w\" lie in another order in \"checkpoint-10\" than in \"checkpoint-20\"; "
                + "average only checkpoints saved by the same code",
            [Sample.tensor("w", 0..<72, shape: shape, strides: strides)],
            [Sample.tensor("w", 0..<72, shape: shape, strides: other)]
        )
    }

    @Test("a tensor that is conjugated in one member")
    func opaque() {
        expect(
            .differentStrides(tensor: "w", member: "checkpoint-10", newest: "checkpoint-20"),
            "the elements of tensor \"w\" lie in another order in \"checkpoint-10\" than in \"checkpoint-20\"; "
                + "average only checkpoints saved by the same code",
            [Sample.tensor("w", 0..<16, type: .c64, isOpaque: true)],
            [Sample.tensor("w", 0..<16, type: .c64)]
        )
    }

    @Test("how far apart the neighbours of one element are means nothing")
    func singleDimensions() throws {
        let members = [[7, 1, 4, 1], [1, 1, 4, 9]].map { strides in
            [Sample.tensor("conv", 0..<48, shape: [1, 4, 3, 1], strides: strides)]
        }
        #expect(try plan(members).spans.outputs[0].spans.map(\.output) == [0..<48])
    }

    private static let tied = [Sample.tensor("wte", 0..<8), Sample.tensor("head", 0..<8)]
    private static let untied = [Sample.tensor("wte", 0..<8), Sample.tensor("head", 8..<16)]

    @Test("tensors that are tied in the newest only, or in a member only")
    func untied() {
        let end = "; average only checkpoints saved by the same code, or exclude both tensors"
        expect(
            .differentSharing(tensor: "wte", with: "head", sharer: "checkpoint-20", other: "checkpoint-10"),
            "tensors \"wte\" and \"head\" share their bytes in \"checkpoint-20\" but not in the same way in "
                + "\"checkpoint-10\"" + end,
            Self.untied,
            Self.tied
        )
        expect(
            .differentSharing(tensor: "wte", with: "head", sharer: "checkpoint-20", other: "checkpoint-30"),
            "tensors \"wte\" and \"head\" share their bytes in \"checkpoint-20\" but not in the same way in "
                + "\"checkpoint-30\"" + end,
            Self.untied,
            Self.tied,
            Self.untied
        )
    }

    @Test("slices of one buffer that lie elsewhere in it, or in another file")
    func slices() throws {
        let refusal = PlanRefusal.differentSharing(
            tensor: "all",
            with: "part",
            sharer: "checkpoint-20",
            other: "checkpoint-10"
        )
        let newest = [Sample.tensor("all", 0..<32), Sample.tensor("part", 8..<16)]
        for place in [0..<8, 4..<12, 40..<48] {
            let member = [Sample.tensor("all", 0..<32), Sample.tensor("part", place)]
            #expect(throws: refusal) { try plan([member, newest]) }
        }
        let moved = [Sample.tensor("all", 100..<132), Sample.tensor("part", 108..<116)]
        #expect(try plan([moved, newest]).spans.outputs[0].spans.map(\.output) == [0..<32])
        try withTemporaryDirectory { directory in
            let member = [[Sample.tensor("all", 0..<32)], [Sample.tensor("part", 8..<16)]]
            let checkpoints = [
                try Sample.checkpoint(step: 10, member, in: directory),
                try Sample.checkpoint(step: 20, [newest, [Sample.tensor("n", 0..<4, type: .i32)]], in: directory),
            ]
            let window = try #require(CheckpointWindow(members: checkpoints))
            let planner = AveragingPlanner(rules: TensorRules(filter: TensorFilter(exclude: ["n"])))
            #expect(throws: refusal) { try planner.plan(window, recipe: .lawa) }
        }
    }

    @Test("how copied tensors share bytes does not matter")
    func copied() throws {
        let w = Sample.tensor("w", 16..<24)
        let rules = TensorRules(filter: TensorFilter(exclude: ["wte", "head"]))
        for members in [[Self.untied, Self.tied], [Self.tied, Self.untied]] {
            let plan = try plan(members.map { $0 + [w] }, rules: rules)
            #expect(plan.spans.outputs[0].spans.map(\.output) == [16..<24])
        }
        let half = TensorRules(filter: TensorFilter(exclude: ["head"]))
        let tied = try plan([Self.untied + [w], Self.tied + [w]], rules: half)
        #expect(tied.decisions.map(\.copyReason) == [.sharesBytes, .excluded, nil])
        let untied = try plan([Self.tied + [w], Self.untied + [w]], rules: half)
        #expect(untied.decisions.map(\.copyReason) == [nil, .excluded, nil])
    }

    @Test("the model of a member is somewhere else in its file")
    func model() {
        let tensors = [Sample.tensor("w", 0..<8)]
        let error = #expect(throws: PlanRefusal.self) {
            try plan([tensors, tensors, tensors], models: ["model", "ema/model", "model"])
        }
        #expect(
            error
                == .differentModel(
                    member: "checkpoint-20",
                    path: "ema/model",
                    newest: "checkpoint-30",
                    newestPath: "model"
                )
        )
        #expect(
            error.map { "\($0)" } == "the model of \"checkpoint-20\" is at \"ema/model\", that of \"checkpoint-30\" at "
                + "\"model\"; average only checkpoints saved by the same code, or name the place of the model"
        )
    }

    @Test("each member is read where it has the bytes; gaps between them are the newest's")
    func pieces() throws {
        let member = [
            Sample.tensor("odd", 204..<232, shape: [3], strides: [3]),
            Sample.tensor("even", 200..<228, shape: [3], strides: [3]),
            Sample.tensor("w", 0..<8),
        ]
        let newest = [
            Sample.tensor("w", 64..<72), Sample.tensor("even", 0..<28, shape: [3], strides: [3]),
            Sample.tensor("odd", 4..<32, shape: [3], strides: [3]),
        ]
        let spans = try plan([member, newest]).spans.outputs[0].spans
        #expect(spans.map(\.output) == [0..<8, 12..<20, 24..<32, 64..<72])
        #expect(spans.map { $0.pieces.map(\.offset) } == [[200, 0], [212, 12], [224, 24], [0, 64]])
        #expect(spans.map(\.tensor) == [1, 1, 1, 0])
        #expect(spans.allSatisfy { span in span.pieces.allSatisfy { $0.part == 0..<span.output.count } })
    }
}
