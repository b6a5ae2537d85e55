/// What the averages of a run were worth, step by step.
struct LossComparison: Equatable {
    /// One checkpoint.
    struct Row: Equatable {
        /// The optimizer step.
        let step: Int
        /// The held-out loss of the checkpoint as the trainer saved it.
        let raw: Double
        /// The held-out loss of the average that ends at this step, or nil when there is none.
        let average: Double?
    }

    /// Every checkpoint, oldest first; never empty.
    let rows: [Row]
    /// The last checkpoint.
    let last: Row

    /// Sorts the rows by step; nil without any.
    init?(rows: [Row]) {
        self.rows = rows.sorted { $0.step < $1.step }
        guard let last = self.rows.last else { return nil }
        self.last = last
    }

    /// The first step whose average is at least as good as the raw run's last checkpoint.
    var averageReachedFinalLoss: Int? {
        rows.first { $0.average.map { $0 <= last.raw } ?? false }?.step
    }

    /// The first step at which the raw run itself was as good as at its end.
    var rawReachedFinalLoss: Int {
        rows.first { $0.raw <= last.raw }?.step ?? last.step
    }

    /// How many rows have an average at all, and how many of these beat the raw checkpoint of the same step.
    var averagesBetterThanRaw: (better: Int, of: Int) {
        let averaged = rows.compactMap { row in row.average.map { $0 < row.raw } }
        return (averaged.count { $0 }, averaged.count)
    }
}
