import TestSupport
import Testing

@testable import TensorFormats

private typealias P = PickleWriter

/// Files that somebody made to break a reader, and files that broke by themselves.
@Suite struct PickleHostileTests {
    @Test(arguments: [
        "good_1", "good_2", "reduce_root", "reduce_extra", "build_setstate", "eval_builtin", "memo_bomb",
        "binput_2e32", "cycle", "dtype_clash", "key_traversal", "missing_storage", "numel_huge",
    ])
    func nothingIsCalledAndNothingExpanded(_ name: String) throws {
        let bytes = try Fixture.bytes("torch/pickle/bad-\(name).pkl")
        let (graph, byteCount) = try PickleMachine.run(bytes)
        #expect(byteCount == bytes.count)
        #expect(graph.arena.nodeCount < 1000)
        if ["reduce_root", "binput_2e32"].contains(name) {
            #expect(throws: ModelFinderError.noTensors) { try ModelFinder.find(in: graph, at: nil) }
        } else {
            #expect(!(try ModelFinder.find(in: graph, at: nil).tensors.isEmpty))
        }
    }

    @Test(arguments: [
        ("long4_huge", "a string takes 2147483647 bytes"), ("unicode8_huge", "a string takes"),
        ("no_stop", "needs 1 more bytes"), ("stack_underflow", "takes more values"), ("memo_missing", "gets value 250"),
        ("size_gt_storage", "goes beyond storage"), ("offset_huge", "is beyond"), ("stride_negative", "stride is -1"),
        ("size_product_overflow", "is beyond"), ("rank_mismatch", "has 2 sizes and 1 strides"),
    ])
    func brokenPicklesAreRefused(_ name: String, _ expected: String) throws {
        let bytes = try Fixture.bytes("torch/pickle/bad-\(name).pkl")
        let error = #expect(throws: PickleError.self) { try PickleMachine.run(bytes) }
        let text = try #require(error).description
        #expect(text.contains(expected), "\(text)")
    }

    @Test("nesting takes no stack", arguments: [0x5D, 0x7D, 0x28] as [UInt8])
    func depth(_ opcode: UInt8) throws {
        let count = 200_000
        let opening = [UInt8](repeating: opcode, count: count)
        let closing: [UInt8] =
            switch opcode {
            case 0x5D: [UInt8](repeating: 0x61, count: count - 1)
            case 0x7D: []
            default: [UInt8](repeating: 0x74, count: count)
            }
        // A dict within a dict needs a key between them.
        let program =
            opcode == 0x7D
            ? Array([[0x7D]] + [[UInt8]](repeating: [0x4E, 0x7D], count: count / 4)).flatMap { $0 }
                + [UInt8](repeating: 0x73, count: count / 4)
            : opening + closing
        let graph = try PickleMachine.run(program + [0x2E]).graph
        #expect(throws: ModelFinderError.noTensors) { try ModelFinder.find(in: graph, at: nil) }
    }

    @Test func dictsNestedUnderNamesAreWalkedWithoutRecursion() throws {
        let count = 200_000
        let program = Array([[0x7D]] + [[UInt8]](repeating: P.text("model") + [0x7D], count: count)).flatMap { $0 }
        let pickle = program + P.text("w") + P.weights("0") + [UInt8](repeating: 0x73, count: count + 1) + [0x2E]
        let graph = try PickleMachine.run(pickle).graph
        #expect(throws: ModelFinderError.self) { try ModelFinder.find(in: graph, at: nil) }
        let path = [String](repeating: "model", count: 5)
        #expect(throws: ModelFinderError.noTensorsAt(path, available: [])) {
            try ModelFinder.find(in: graph, at: [path])
        }
    }

    @Test("a text that is used again and again is not copied each time")
    func sharedText() throws {
        let long = P.text(String(repeating: "x", count: 1 << 20)) + [0x71, 0]
        let uses = 100_000
        let global = [UInt8]([0x68, 0, 0x68, 0, 0x93, 0x30])
        let key: [UInt8] = [0x68, 0, 0x4E]
        let program =
            long + [0x30] + (0..<uses).flatMap { _ in global } + [0x7D, 0x28] + (0..<uses).flatMap { _ in key }
            + [0x75, 0x2E]
        let graph = try PickleMachine.run(program).graph
        #expect(graph.globals.count == uses)
        #expect(throws: ModelFinderError.noTensors) { try ModelFinder.find(in: graph, at: nil) }
    }

    @Test("dicts that hold each other many times are given up", arguments: ["model", "other"])
    func dictBomb(_ name: String) throws {
        var program: [UInt8] = [0x7D] + P.text("w") + P.weights("0") + [0x73, 0x71, 0, 0x30]
        for level in UInt8(1)...40 {
            program +=
                [0x7D, 0x28] + (0..<10).flatMap { P.text("k\($0)") + [0x68, level - 1] } + [0x75, 0x71, level, 0x30]
        }
        program += [0x7D] + P.text(name) + [0x68, 40, 0x73, 0x2E]
        let graph = try PickleMachine.run(program).graph
        if name == "model" {
            #expect(throws: ModelFinderError.tooManyNames(path: ["model"])) { try ModelFinder.find(in: graph, at: nil) }
        } else {
            #expect(try ModelFinder.find(in: graph, at: nil).paths[0].count == 41)
            #expect(throws: ModelFinderError.tooManyNames(path: ["other"])) {
                try ModelFinder.find(in: graph, at: [["other"]])
            }
        }
    }

    @Test func objectsThatShareALargeStateAreWalkedOnce() throws {
        let count = 50_000
        var program: [UInt8] = [0x7D, 0x28] + (0..<count).flatMap { P.int($0) + P.none } + [0x75, 0x71, 0, 0x30]
        program += P.global("m", "C") + [0x71, 1, 0x30, 0x5D, 0x28]
        for _ in 0..<count { program += [0x68, 1, 0x29, 0x81, 0x68, 0, 0x62] }
        let graph = try PickleMachine.run(program + [0x65, 0x2E]).graph
        #expect(graph.objects.count == count)
        #expect(throws: ModelFinderError.noTensors) { try ModelFinder.find(in: graph, at: nil) }
    }

    @Test func limitsAreKept() throws {
        let pickle = P.pickle(P.list((0..<100).map(P.int)))
        var limits = PickleLimits()
        limits.byteCount = pickle.count
        #expect(try PickleMachine.run(pickle, limits: limits).byteCount == pickle.count)
        limits.byteCount -= 1
        expect(pickle, limits, .tooLarge(byteCount: pickle.count, limit: pickle.count - 1))
        limits = PickleLimits(nodeCount: 90)
        expect(pickle, limits, .tooManyNodes(limit: 90))
        expect([0x80, 2] + [UInt8](repeating: 0x5D, count: 151), limits, .tooManyNodes(limit: 90))
        expect([UInt8](repeating: 0x28, count: 151), limits, .tooManyNodes(limit: 90))
        expect(
            (0..<80).flatMap { _ in [0x5D, 0x30] as [UInt8] } + (0..<80).flatMap { _ in [0x5D, 0x30] as [UInt8] },
            limits,
            .tooManyNodes(limit: 90)
        )
        expect(
            [0x4E] + (0..<151).flatMap { [0x72] + P.little(UInt32($0 * 1_000_000)) },
            limits,
            .tooManyNodes(limit: 90)
        )
        limits = PickleLimits(textByteCount: 3)
        #expect(throws: Never.self) { try PickleMachine.run(P.pickle(P.text("abc")), limits: limits) }
        expect(P.pickle(P.text("abcd")), limits, .textTooLong(byteCount: 4, limit: 3))
    }

    @Test func integersOfAnyLengthStayBytes() throws {
        let digits = [UInt8](repeating: 0x5A, count: 256 << 10)
        let graph = try PickleMachine.run([0x8B] + P.little(Int32(digits.count)) + digits + [0x2E]).graph
        #expect(graph.bytes(graph.root).map(Array.init) == digits)
        #expect(graph.integer(graph.root) == nil)
    }

    @Test("a pickle cut anywhere is refused", arguments: ["bad-good_1", "tensors", "objects-4"])
    func truncation(_ name: String) throws {
        let bytes = try Fixture.bytes("torch/pickle/\(name).pkl")
        for count in 0..<bytes.count {
            let error = #expect(throws: PickleError.self) { try PickleMachine.run(Array(bytes[..<count])) }
            #expect(error != nil, "cut at \(count)")
        }
    }

    @Test("a changed byte gives a result or an error", arguments: ["bad-good_1", "tensors", "exotic"])
    func mutation(_ name: String) throws {
        let bytes = try Fixture.bytes("torch/pickle/\(name).pkl")
        var accepted = 0
        for position in bytes.indices {
            for flip in [0x01, 0x80] as [UInt8] {
                var mutant = bytes
                mutant[position] ^= flip
                guard let graph = try? PickleMachine.run(mutant).graph else { continue }
                accepted += 1
                expectSound(graph)
            }
        }
        #expect(accepted > bytes.count / 10)
    }

    @Test("noise gives a result or an error", arguments: 0..<300)
    func noise(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [[UInt8]] = [
            [0x28], [0x29], [0x30], [0x31], [0x32], [0x4E], [0x5D], [0x61], [0x62], [0x64], [0x65], [0x6C], [0x73],
            [0x74], [0x75], [0x7D], [0x81], [0x85], [0x86], [0x87], [0x8F], [0x90], [0x91], [0x92], [0x94], [0x52],
            [0x51], [0x71, 1], [0x68, 1], [0x68, 0], P.text("_local_tensor"), P.int(3), P.tensor(), P.storage(),
            P.global("torch._utils", "_rebuild_tensor_v2"), P.global("torch._utils", "_rebuild_tensor_v3"),
            P.global("torch._tensor", "_rebuild_from_type_v2"), P.global("collections", "OrderedDict"),
            P.global("torch._utils", "_rebuild_wrapper_subclass"), P.global("builtins", "set"), P.text("_modules"),
            P.text("_parameters"), P.dict(["_parameters": P.dict(["w": P.tensor()]), "_modules": P.dict([])]),
            P.global("torch._utils", "_rebuild_qtensor"), P.tuple([P.int(2)]), P.global("torch", "float32"),
        ]
        for _ in 0..<20 {
            var program: [UInt8] = [0x5D, 0x71, 0, 0x28]
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                program += alphabet.randomElement(using: &random) ?? []
            }
            guard let graph = try? PickleMachine.run(program + [0x2E]).graph else { continue }
            expectSound(graph)
        }
    }

    private func expect(_ pickle: [UInt8], _ limits: PickleLimits, _ reason: PickleError.Reason) {
        let error = #expect(throws: PickleError.self) { try PickleMachine.run(pickle, limits: limits) }
        #expect(error?.reason == reason)
    }

    private func expectSound(_ graph: PickleGraph) {
        for tensor in graph.tensors {
            #expect(tensor.offset >= 0 && tensor.shape.count == tensor.strides.count)
            #expect(tensor.byteRange.upperBound <= graph.storages[tensor.storage].byteCount)
        }
        #expect(!graph.rootText.isEmpty)
        _ = graph.step
        guard let choice = try? ModelFinder.find(in: graph, at: nil) else { return }
        #expect(!choice.tensors.isEmpty)
        #expect(Set(choice.tensors.map(\.name)).count == choice.tensors.count)
        #expect(choice.tensors.allSatisfy { graph.tensors.indices.contains($0.index) })
    }
}
