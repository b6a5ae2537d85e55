extension LossComparison {
    /// The table and what it says, at most 80 columns wide.
    var text: String {
        let header = "    step    raw loss    average   average against raw"
        return ([header] + rows.map(line) + [""] + sentences).joined(separator: "\n")
    }

    private func line(_ row: Row) -> String {
        let start = "\(row.step)".padded(to: 8) + row.raw.inFiveDecimals.padded(to: 12)
        guard let average = row.average else { return start + "-".padded(to: 11) }
        let change = Self.percent(average / row.raw - 1)
        let mark = row.step == averageReachedFinalLoss ? "   <- the raw run's final loss" : ""
        return start + average.inFiveDecimals.padded(to: 11) + change.padded(to: 12) + mark
    }

    private var sentences: [String] {
        let count = averagesBetterThanRaw
        return [
            "The raw run ended at step \(last.step) with a held-out loss of \(last.raw.inFiveDecimals).",
            reached,
            "Of \(count.of) averages, \(count.better) beat the raw checkpoint of their own step.",
            atTheEnd,
        ]
    }

    private var reached: String {
        guard let step = averageReachedFinalLoss else {
            return "No average was as good as that."
        }
        guard step < last.step else {
            return "The average was not that good before the end either."
        }
        let steps = last.step - step
        let share = Self.percent(Double(steps) / Double(last.step)).drop { $0 == "+" }
        let own =
            rawReachedFinalLoss == last.step
            ? "The raw run was never that good before."
            : "The raw run itself first touched that loss at step \(rawReachedFinalLoss)."
        return """
            The average was as good at step \(step), \(steps) steps (\(share) of the run) earlier.
            \(own)
            """
    }

    private var atTheEnd: String {
        guard let average = last.average else {
            return "There is no average of the last checkpoint."
        }
        let change = average / last.raw - 1
        return "At the end the average's loss is \(average.inFiveDecimals), \(Self.percent(change)) against raw."
    }

    private static func percent(_ share: Double) -> String {
        guard share.isFinite, abs(share) < 1e6 else { return "\(share)" }
        let value = Int((share * 100).rounded())
        return "\(value > 0 ? "+" : "")\(value) %"
    }
}
