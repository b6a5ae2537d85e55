import Testing

@testable import TensorFormats

private typealias P = PickleWriter

/// A small pickle cannot ask for much memory or time, whatever it shares and repeats.
@Suite struct PickleProportionTests {
    private let longKey = P.text(String(repeating: "x", count: 600)) + [0x71, 1, 0x30]

    @Test("numbers in the memo that double do not make it as large as the last one")
    func sparseMemo() throws {
        var program: [UInt8] = [0x4E]
        var number: UInt32 = 1
        while number < 40_000_000 {
            number = 2 * number + 16
            program += [0x72] + P.little(number)
        }
        let last = [0x6A] + P.little(number)
        let graph = try PickleMachine.run(program + last + [0x2E], limits: PickleLimits(nodeCount: 250)).graph
        #expect(graph.root == .none)
    }

    @Test func memoNumbersBelowSparseOnesAreFound() throws {
        var program: [UInt8] = []
        for number in [40, 0, 1, 2, 30, 3, 41, 20, 25] { program += P.int(number) + [0x71, UInt8(number), 0x30] }
        program += P.int(100) + [0x71, 40, 0x30]
        for number in [40, 0, 1, 2, 30, 3, 41, 20, 25] { program += [0x68, UInt8(number)] }
        let graph = try PickleMachine.run([0x28] + program + [0x6C, 0x2E]).graph
        let found = graph.children(of: graph.root) { _ in true }.map { graph.integer($0.value) }
        #expect(found == [100, 0, 1, 2, 30, 3, 41, 20, 25])
    }

    @Test func tensorsCountByTheirDimensions() throws {
        let ones = P.tuple([[UInt8]](repeating: P.int(1), count: 64))
        let arguments = P.tuple([P.storage(), P.int(0), ones, ones, [0x89], P.none])
        let program =
            P.global("torch._utils", "_rebuild_tensor_v2") + [0x71, 0, 0x30] + arguments + [0x71, 1]
            + (0..<1000).flatMap { _ in [0x68, 0, 0x68, 1, 0x52, 0x30] as [UInt8] } + [0x2E]
        #expect(try PickleMachine.run(program).graph.tensors.count == 1000)
        let error = #expect(throws: PickleError.self) {
            try PickleMachine.run(program, limits: PickleLimits(nodeCount: 70_000))
        }
        #expect(error?.reason == .tooManyNodes(limit: 70_000))
    }

    @Test func aListOfPairsBecomesADictOnce() throws {
        let pairs = [0x28] + [UInt8](repeating: 0x4E, count: 2) + [0x86] + [UInt8](repeating: 0x32, count: 999) + [0x6C]
        var program = P.global("collections", "OrderedDict") + [0x71, 0, 0x30] + pairs + [0x85, 0x71, 1]
        program += (0..<1000).flatMap { _ in [0x68, 0, 0x68, 1, 0x52] as [UInt8] } + [0x2E]
        let graph = try PickleMachine.run(program).graph
        #expect(graph.arena.nodeCount < 4 * program.count)
        #expect(graph.objects.count > 900)
    }

    @Test func longPathsAreNotWalked() throws {
        let program = longKey + [0x7D, 0x68, 1, 0x7D, 0x68, 1] + P.dict(["w": P.weights("0")]) + [0x73, 0x73, 0x2E]
        let graph = try PickleMachine.run(program).graph
        #expect(throws: ModelFinderError.noTensors) { try ModelFinder.find(in: graph, at: nil) }
        let key = String(repeating: "x", count: 600)
        #expect(try ModelFinder.find(in: graph, at: [[key, key]]).tensors.map(\.name) == ["w"])
    }

    @Test func aMessageNamesAFewOfManyPlaces() throws {
        let count = 5000
        let tensor = P.weights("0") + [0x71, 2, 0x30]
        let places = (0..<count).flatMap { _ in [0x7D, 0x4B, 0, 0x68, 2, 0x73] as [UInt8] }
        let program = longKey + tensor + [0x7D, 0x68, 1, 0x5D, 0x28] + places + [0x65, 0x73, 0x2E]
        let graph = try PickleMachine.run(program).graph
        let error = #expect(throws: ModelFinderError.self) { try ModelFinder.find(in: graph, at: [["y"]]) }
        guard case .noSuchPath(_, let available)? = error else { throw try #require(error) }
        #expect(available.first.count == 8)
        #expect(available.count == count)
    }

    @Test func aModuleMayHaveAnyNumberOfAttributes() throws {
        let attributes = (0..<3000).map { (P.int($0), P.none) }
        let parts = [
            (P.text("_parameters"), P.dict(["w": P.weights("0")])), (P.text("_modules"), P.dict([])),
        ]
        let graph = try PickleMachine.run(P.pickle(P.object(P.dict(attributes + parts)))).graph
        #expect(try ModelFinder.find(in: graph, at: nil).tensors.map(\.name) == ["w"])
    }

    @Test("one long key of many values is not looked at for each", .timeLimit(.minutes(1)))
    func sharedKey() throws {
        let key = P.text(String(repeating: "a\u{327}\u{301}", count: 800)) + [0x71, 1, 0x30, 0x7D, 0x71, 2, 0x30]
        let children = (0..<400_000).flatMap { _ in [0x68, 1, 0x68, 2] as [UInt8] }
        let program =
            key + [0x7D, 0x28] + children + P.text("a") + [0x28] + P.text("w") + P.weights("0") + [0x64, 0x75, 0x2E]
        let graph = try PickleMachine.run(program).graph
        #expect(try ModelFinder.find(in: graph, at: nil).paths == [["a"]])
    }

    @Test func elementsThatShareBytesAreBounded() throws {
        let wide = P.tensor(P.storage(), [1 << 44], [0])
        #expect(try find(P.dict(["w": wide])).tensors.count == 1)
        #expect(throws: ModelFinderError.tooLarge(path: [], limit: 1 << 50)) {
            try find(P.dict((0..<17).map { (P.int($0), wide) }))
        }
        #expect(throws: ModelFinderError.tooLarge(path: [], limit: 1 << 50)) {
            try find(P.dict(["w": P.tensor(P.storage(), [1 << 30, 1 << 30], [0, 0])]))
        }
    }

    private func find(_ value: [UInt8]) throws -> ModelChoice {
        try ModelFinder.find(in: PickleMachine.run(P.pickle(value)).graph, at: nil)
    }
}
