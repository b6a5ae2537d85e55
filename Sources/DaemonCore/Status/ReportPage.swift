/// The part of a list that one answer holds.
struct ReportPage: Sendable {
    /// The most entries of one answer, whatever is asked for.
    static let largestLimit = 10_000

    /// How many entries the answer holds at most.
    var limit = 1000
    /// How many entries, newest first, are passed over.
    var offset = 0

    /// The entries of this page.
    func entries<Entry>(of all: [Entry]) -> ArraySlice<Entry> {
        all.dropFirst(offset).prefix(limit)
    }

    /// The offset of the page after this one; nil where this is the last.
    func next(total: Int) -> Int? {
        let (end, overflows) = offset.addingReportingOverflow(limit)
        return overflows || end >= total ? nil : end
    }
}
