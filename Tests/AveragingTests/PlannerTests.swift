import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct PlannerTests {
    private func refusal(
        _ members: [[SyntheticTensor]],
        filter: TensorFilter = TensorFilter(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> PlanRefusal? {
        try withTemporaryDirectory { directory in
            let window = try SyntheticMember.window(members.map { SyntheticMember($0) }, in: directory)
            return #expect(throws: PlanRefusal.self, sourceLocation: sourceLocation) { try window.plan(filter: filter) }
        }
    }

    private func tensors(_ names: String...) -> [SyntheticTensor] {
        names.map { SyntheticTensor($0, [1, 2]) }
    }

    @Test func missingTensor() throws {
        let refusal = try refusal([tensors("a"), tensors("a", "b"), tensors("a", "b")])
        #expect(
            refusal
                == .differentTensors(
                    member: "checkpoint-10",
                    newest: "checkpoint-30",
                    missing: ["b"],
                    additional: []
                )
        )
        #expect(
            refusal.map { "\($0)" } == "the tensors of the window differ: \"checkpoint-10\" lacks \"b\" of "
                + "\"checkpoint-30\"; average only checkpoints of the same model"
        )
    }

    @Test func additionalAndMissingTensor() throws {
        let refusal = try refusal([tensors("a", "b"), tensors("a", "c"), tensors("a", "b")])
        #expect(
            refusal.map { "\($0)" } == "the tensors of the window differ: \"checkpoint-20\" lacks \"b\" of "
                + "\"checkpoint-30\", and \"checkpoint-20\" has \"c\" that \"checkpoint-30\" lacks; "
                + "average only checkpoints of the same model"
        )
    }

    @Test func manyMissingTensors() throws {
        let refusal = try refusal([tensors("a"), tensors("a", "b", "c", "d", "e", "f", "g", "h")])
        #expect(
            refusal.map { "\($0)" } == "the tensors of the window differ: \"checkpoint-10\" lacks \"b\", \"c\", \"d\", "
                + "\"e\", \"f\" and 2 more of \"checkpoint-20\"; average only checkpoints of the same model"
        )
    }

    @Test func differentType() throws {
        let half = SyntheticTensor("w", patterns: [1, 2], type: .bf16)
        let refusal = try refusal([[SyntheticTensor("w", [1, 2])], [half]])
        #expect(
            refusal
                == .differentType(
                    tensor: "w",
                    member: "checkpoint-10",
                    type: .f32,
                    newest: "checkpoint-20",
                    newestType: .bf16
                )
        )
        #expect(
            refusal.map { "\($0)" } == "tensor \"w\" is F32 in \"checkpoint-10\" but BF16 in \"checkpoint-20\"; "
                + "average only checkpoints saved in the same precision"
        )
    }

    @Test(
        "shapes differ, also where the number of elements does not",
        arguments: [([2, 3], [3, 2]), ([6], [7]), ([6], [1, 6]), ([], [1])]
    )
    func differentShape(first: [Int], second: [Int]) throws {
        var random = SeededGenerator(seed: 1)
        let refusal = try refusal([
            [.random("w", .f32, first, &random)], [.random("w", .f32, second, &random)],
        ])
        #expect(
            refusal
                == .differentShape(
                    tensor: "w",
                    member: "checkpoint-10",
                    shape: first,
                    newest: "checkpoint-20",
                    newestShape: second
                )
        )
        #expect(
            refusal.map { "\($0)" } == "tensor \"w\" has shape \(first) in \"checkpoint-10\" but \(second) in "
                + "\"checkpoint-20\"; average only checkpoints of the same architecture"
        )
    }

    @Test("nothing but integers, or everything excluded")
    func nothingToAverage() throws {
        let integers = [SyntheticTensor("n", .i64, [1], bytes: Array(1...8))]
        let text = "\"checkpoint-20\" has no tensor that can be averaged; check the include and exclude patterns"
        let first = try refusal([integers, integers])
        #expect(first == .nothingToAverage(newest: "checkpoint-20"))
        #expect(first.map { "\($0)" } == text)
        let second = try refusal([tensors("a"), tensors("a")], filter: TensorFilter(exclude: ["*"]))
        #expect(second.map { "\($0)" } == text)
        let third = try refusal([tensors("a"), tensors("a")], filter: TensorFilter(include: ["b"]))
        #expect(third.map { "\($0)" } == text)
    }

    @Test("hard links and the same checkpoint named twice would count twice")
    func sameFile() throws {
        try withTemporaryDirectory { directory in
            let first = try SyntheticMember(tensors("a")).write(to: directory.appending("checkpoint-10"))
            try Publication.makeDirectories(directory.appending("checkpoint-20"))
            try Publication.hardLink(
                directory.appending("checkpoint-10").appending("model.safetensors"),
                to: directory.appending("checkpoint-20").appending("model.safetensors")
            )
            let second = try CheckpointOpener.open(directory.appending("checkpoint-20"), position: 0)
            let linked = try #require(CheckpointWindow(members: [first, second]))
            let refusal = #expect(throws: PlanRefusal.self) { try linked.plan() }
            #expect(refusal == .sameFile(first: "checkpoint-10", second: "checkpoint-20"))
            #expect(
                refusal.map { "\($0)" }
                    == "\"checkpoint-10\" and \"checkpoint-20\" are the same file; name each checkpoint once"
            )
            let twice = try #require(CheckpointWindow(members: [first, first]))
            #expect(throws: PlanRefusal.sameFile(first: "checkpoint-10", second: "checkpoint-10")) { try twice.plan() }
        }
    }

    @Test("members may share a file that did not change between them, and a member may hold one file twice")
    func sharedFile() throws {
        try withTemporaryDirectory { directory in
            let first = try SyntheticMember(files: ["a.safetensors": tensors("a"), "b.safetensors": tensors("b")])
                .write(to: directory.appending("checkpoint-10"))
            let path = directory.appending("checkpoint-20")
            try Publication.makeDirectories(path.appending("left"))
            try Fixture.write(
                SyntheticTensor.file([SyntheticTensor("a", [3, 4])]),
                to: path.appending("a.safetensors")
            )
            try Publication.hardLink(
                first.candidate.path.appending("b.safetensors"),
                to: path.appending("b.safetensors")
            )
            let second = try CheckpointOpener.open(path, position: 1)
            let window = try #require(CheckpointWindow(members: [first, second]))
            #expect(try window.plan().averagedCount == 2)
            for member in [first, second] {
                let left = member.candidate.path.appending("left")
                try Publication.makeDirectories(left)
                try Publication.hardLink(
                    member.candidate.path.appending("a.safetensors"),
                    to: left.appending("a.safetensors")
                )
            }
            let members = try [first, second].map { try CheckpointOpener.open($0.candidate.path, position: 0) }
            let doubled = try #require(CheckpointWindow(members: members))
            #expect(try doubled.plan().averagedCount == 3)
        }
    }

    @Test("what is not averaged may differ: excluded tensors in any way, integers in shape")
    func exemptions() throws {
        var random = SeededGenerator(seed: 2)
        let old = [
            SyntheticTensor("w", [1, 2]), .random("skip.a", .f32, [2], &random),
            .random("skip.old", .f32, [2], &random),
            .random("n", .i64, [2], &random), .random("q", .f8E4M3, [4], &random),
        ]
        let new = [
            SyntheticTensor("w", [3, 4]), .random("skip.a", .bf16, [7], &random),
            .random("skip.new", .f32, [2], &random),
            .random("n", .i64, [3], &random), .random("q", .f8E4M3, [5], &random),
        ]
        try withTemporaryDirectory { directory in
            let window = try SyntheticMember.window([SyntheticMember(old), SyntheticMember(new)], in: directory)
            #expect(throws: PlanRefusal.self) { try window.plan() }
            let plan = try window.plan(filter: TensorFilter(exclude: ["skip.*"]))
            let reasons = Dictionary(uniqueKeysWithValues: plan.decisions.map { ($0.tensor.name, $0.copyReason) })
            #expect(
                reasons == [
                    "w": nil, "skip.a": .excluded, "skip.new": .excluded, "n": .notFloatingPoint, "q": .quantized,
                ]
            )
            #expect(plan.averagedCount == 1)
            #expect(plan.coefficients == [0.5, 0.5])
            #expect(plan.newest.name == "checkpoint-20")
            let sizes = try ["checkpoint-10", "checkpoint-20"].map {
                try FileStatus.of(directory.appending($0).appending("model.safetensors")).size
            }
            #expect(plan.bytesToRead == sizes[0] + sizes[1])
            #expect(plan.bytesToWrite == sizes[1])
        }
    }

    @Test("each type is averaged or copied for a reason", arguments: ElementType.safetensors)
    func types(type: ElementType) throws {
        var random = SeededGenerator(seed: 3)
        let members = (0..<2).map { _ in
            SyntheticMember([.random("t", type, [8], &random), .random("w", .f32, [2], &random)])
        }
        try withTemporaryDirectory { directory in
            let plan = try SyntheticMember.window(members, in: directory).plan()
            let isAveraged = [ElementType.f64, .f32, .f16, .bf16, .c64].contains(type)
            let isSmall =
                type.rawValue.hasPrefix("F4") || type.rawValue.hasPrefix("F6") || type.rawValue.hasPrefix("F8")
            let decision = try #require(plan.decisions.first { $0.tensor.name == "t" })
            #expect(decision.copyReason == (isAveraged ? nil : isSmall ? .quantized : .notFloatingPoint))
        }
    }
}
