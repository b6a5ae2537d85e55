import Testing

@testable import DemoTrainer

/// The demo's model, optimizer and arithmetic, whose numbers the demo's table rests on.
@Suite struct DemoTrainerTests {
    @Test("back-propagation agrees with finite differences", arguments: [[1, 1], [3, 5, 1], [2, 4, 3, 2]])
    func gradient(widths: [Int]) throws {
        var generator = SplitMix64(seed: 5)
        let parameters = Network.randomParameters(widths: widths, gain: 2, using: &generator)
        var network = try #require(Network(widths: widths, parameters: parameters))
        let outputs = try #require(widths.last)
        let examples = Examples(
            count: 6,
            inputs: (0..<6 * widths[0]).map { _ in generator.nextNormal() },
            targets: (0..<6 * outputs).map { _ in generator.nextNormal() }
        )
        let (loss, gradient) = network.lossAndGradient(on: examples)
        #expect(loss == network.loss(on: examples))
        #expect(gradient.contains { abs($0) > 0.1 })
        let distance: Float = 1 / 256
        for index in parameters.indices {
            network.parameters[index] = parameters[index] + distance
            let above = network.loss(on: examples)
            network.parameters[index] = parameters[index] - distance
            let below = network.loss(on: examples)
            network.parameters[index] = parameters[index]
            let slope = (above - below) / Double(2 * distance)
            #expect(abs(slope - Double(gradient[index])) < 0.003, "parameter \(index)")
        }
    }

    @Test("momentum follows v = m v + g, w = w - r v")
    func momentum() {
        var optimizer = GradientDescent(learningRate: 0.5, momentum: 0.25, parameterCount: 1)
        var parameters: [Float] = [10]
        optimizer.move(&parameters, against: [4])
        #expect(parameters == [8])
        optimizer.move(&parameters, against: [2])
        #expect(optimizer.velocity == [3])
        #expect(parameters == [6.5])
    }

    @Test("the generator is SplitMix64")
    func generatorSequence() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test("normal numbers have mean 0 and variance 1")
    func normalNumbers() {
        var generator = SplitMix64(seed: 9)
        let numbers = (0..<20_000).map { _ in Double(generator.nextNormal()) }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count) - mean * mean
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.04)
    }

    @Test("a run depends on its seed alone, not on how it is cut into saves", arguments: ModelChoice.allCases)
    func determinism(model: ModelChoice) throws {
        var whole = try #require(TrainingRun(model: model, learningRate: model.learningRate, seed: 1))
        var parts = whole
        var other = try #require(TrainingRun(model: model, learningRate: model.learningRate, seed: 2))
        #expect(!whole.student.parameters.contains(0))
        _ = whole.advance(by: 12)
        for _ in 0..<3 { _ = parts.advance(by: 4) }
        _ = other.advance(by: 12)
        #expect(whole.student.parameters.map(\.bitPattern) == parts.student.parameters.map(\.bitPattern))
        #expect(whole.student != other.student)
        #expect(whole.step == 12)
    }

    @Test("training learns, and ends in a noise ball whose mean is better")
    func learning() throws {
        let model = ModelChoice.linear
        let teacher = try #require(model.task.teacher)
        let heldOut = model.task.heldOut(teacher: teacher)
        var run = try #require(TrainingRun(model: model, learningRate: model.learningRate, seed: 1))
        let before = run.student.loss(on: heldOut)
        _ = run.advance(by: 40)
        let visited = (0..<20).map { _ in
            _ = run.advance(by: 10)
            return run.student
        }
        let losses = visited.map { $0.loss(on: heldOut) }
        var mean = visited[0]
        for index in mean.parameters.indices {
            mean.parameters[index] = visited.reduce(0) { $0 + $1.parameters[index] } / Float(visited.count)
        }
        let typical = losses.reduce(0, +) / Double(losses.count)
        #expect(typical < before / 5)
        #expect(mean.loss(on: heldOut) < typical / 3)
    }

    @Test(
        "bf16 rounds to nearest, ties to even",
        arguments: [
            (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
            (0x3F81_8000, 0x3F82), (0x8000_0000, 0x8000), (0x7F7F_FFFF, 0x7F80), (0x7F80_0000, 0x7F80),
            (0x0000_8001, 0x0001), (0xFF80_0000, 0xFF80), (0x7F80_0001, 0x7FC0), (0xFFFF_FFFF, 0xFFFF),
        ] as [(UInt32, UInt16)]
    )
    func brainFloat(bits: UInt32, rounded: UInt16) {
        #expect(StoredElement.roundedToBrainFloat(Float(bitPattern: bits)) == rounded)
    }

    @Test("stored numbers are little-endian")
    func byteOrder() {
        #expect(StoredElement.f32.encode([1]) == [0, 0, 0x80, 0x3F])
        #expect(StoredElement.bf16.encode([1, -2]) == [0x80, 0x3F, 0, 0xC0])
        #expect(StoredElement.f32.decode([0, 0, 0x80, 0x3F]) == [1])
        #expect(StoredElement.bf16.decode([0x80, 0x3F, 0, 0xC0]) == [1, -2])
    }
}
