import Testing

@testable import DemoTrainer

/// The table at the end of the demo: what it claims follows from its rows, good or bad.
@Suite struct DemoTableTests {
    @Test("the average's lead is counted from the raw run's end")
    func lead() throws {
        let comparison = try Self.comparison([(300, 0.5, 0.4), (100, 0.9, nil), (400, 0.45, 0.2), (200, 0.7, 0.6)])
        #expect(comparison.rows.map(\.step) == [100, 200, 300, 400])
        #expect(comparison.averageReachedFinalLoss == 300)
        #expect(comparison.rawReachedFinalLoss == 400)
        #expect(comparison.averagesBetterThanRaw == (3, 3))
        #expect(comparison.text.contains("at step 300, 100 steps (25 % of the run) earlier"))
        #expect(comparison.text.contains("never that good before"))
        #expect(comparison.text.contains("0.20000, -56 % against raw"))
    }

    @Test("a lucky raw run is not hidden")
    func luck() throws {
        let comparison = try Self.comparison([(100, 0.5, nil), (200, 0.7, 0.6), (300, 0.5, 0.5), (400, 0.5, 0.6)])
        #expect(comparison.rawReachedFinalLoss == 100)
        #expect(comparison.averageReachedFinalLoss == 300)
        #expect(comparison.averagesBetterThanRaw == (1, 3))
        #expect(comparison.text.contains("first touched that loss at step 100"))
    }

    @Test("a worse average is called one")
    func worse() throws {
        let comparison = try Self.comparison([(100, 0.9, 1.2), (200, 0.1, 0.5)])
        #expect(comparison.averageReachedFinalLoss == nil)
        #expect(comparison.text.contains("No average was as good as that."))
        #expect(comparison.text.contains("+400 %"))
        #expect(comparison.text.contains("Of 2 averages, 0 beat"))
    }

    @Test("an average that gets there only at the end has no lead")
    func noLead() throws {
        let comparison = try Self.comparison([(100, 0.5, 0.6), (200, 0.4, 0.4)])
        #expect(comparison.averageReachedFinalLoss == 200)
        #expect(comparison.text.contains("The average was not that good before the end either."))
    }

    @Test("no average, no claim")
    func none() throws {
        let comparison = try Self.comparison([(100, 0.9, nil)])
        #expect(comparison.text.contains("There is no average of the last checkpoint."))
        #expect(LossComparison(rows: []) == nil)
    }

    @Test("numbers that are no numbers, or zero, still print in 80 columns")
    func oddNumbers() throws {
        let comparison = try Self.comparison([(100, .nan, 1), (200, 0, 0), (12_345_678, 0.00001, 99_999.5)])
        #expect(comparison.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(comparison.text.contains("0.00001"))
    }

    private static func comparison(_ rows: [(Int, Double, Double?)]) throws -> LossComparison {
        try #require(
            LossComparison(rows: rows.map { LossComparison.Row(step: $0.0, raw: $0.1, average: $0.2) })
        )
    }
}
